import { type Sentence, sentenceText } from '../../../engine/index.ts';
import type { Terminal } from '../terminal.ts';
import { wrap } from './table.ts';

const bullet = '  - ';

/** Why a loss comes about, one sentence after the other; none where nothing is known of that. */
export function explanationLines({ width }: Terminal, sentences: readonly Sentence[]): string[] {
  return sentences.flatMap((sentence) =>
    wrap(sentenceText(sentence), width - bullet.length).map(
      (line, i) => (i === 0 ? bullet : ' '.repeat(bullet.length)) + line,
    ),
  );
}
