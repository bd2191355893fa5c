/** A piece of a sentence. */
export interface SentencePart {
  readonly text: string;
  /** The text names a step of the witness: its index. */
  readonly step?: number | undefined;
}

export type Sentence = readonly SentencePart[];

/** Why a run loses data, in words. Plain data: it crosses a worker boundary. */
export interface Explanation {
  /** In the order of a story: what happened when, what came of it, what is found after the crash. */
  readonly sentences: readonly Sentence[];
  /**
   * For each step of the witness, whether it matters to the loss. A step matters when the loss would not have come about had
   * it left everything but its own thread as it was, or, for a test of the sync whose promise is broken, had it come out
   * otherwise; all of that is found by doing the run again. The steps that the sentences name matter, too. Others only
   * lead on to those.
   */
  readonly relevant: readonly boolean[];
  /** The step of another thread before which all would still have been well, had the sync run on alone; undefined where it is no race. */
  readonly decisive: number | undefined;
}

/** A sentence as one text, with the steps by their numbers: `log_inode (step 20)`. */
export function sentenceText(sentence: Sentence): string {
  return sentence.map(({ text, step }) => (step === undefined ? text : `${text} (step ${step + 1})`)).join('');
}

/** Puts a sentence together: texts, parts, and other sentences within it. */
export function sentence(...pieces: readonly (string | SentencePart | Sentence)[]): Sentence {
  const parts = pieces.flatMap((piece): Sentence => {
    if (typeof piece === 'string') return piece === '' ? [] : [{ text: piece }];
    return 'text' in piece ? [piece] : piece;
  });
  const merged: SentencePart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (last !== undefined && last.step === undefined && part.step === undefined) {
      merged[merged.length - 1] = { text: last.text + part.text };
    } else merged.push(part);
  }
  return merged;
}

/** `a`, `a and b`, `a, b and c`. */
export function enumerate(items: readonly (string | Sentence)[], last = 'and'): Sentence {
  return sentence(
    ...items.flatMap((item, i) => {
      const separator = i === 0 ? '' : i === items.length - 1 ? ` ${last} ` : ', ';
      return [separator, item];
    }),
  );
}
