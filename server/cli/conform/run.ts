import { readFileSync } from 'node:fs';
import { compareRecord, type Mismatch } from '../../conform/compare.ts';
import { type CorpusRecord, parseCorpus } from '../../conform/record.ts';
import { Misuse } from '../exit-codes.ts';
import { whyUnusable } from '../source-file.ts';

/** How the predictions for one corpus compare with what was recorded. */
export interface CorpusResult {
  readonly path: string;
  /** Records whose outcomes were predicted. */
  readonly compared: number;
  readonly crashPoints: number;
  /** Those of the crash points whose log trees were compared item by item. */
  readonly comparedLogs: number;
  /** Number of log trees that were not, by reason. */
  readonly otherLogs: ReadonlyMap<string, number>;
  /** Number of records left out, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  readonly mismatches: readonly RecordMismatch[];
}

export interface RecordMismatch extends Mismatch {
  /** Id of the record. */
  readonly id: string;
}

/** Predicts all outcomes of a corpus. Throws a Misuse when it cannot be read, or is none. */
export function conformTo(path: string): CorpusResult {
  const skipped = new Map<string, number>();
  const mismatches: RecordMismatch[] = [];
  let compared = 0;
  let crashPoints = 0;
  let comparedLogs = 0;
  const otherLogs = new Map<string, number>();
  for (const record of readCorpus(path)) {
    const result = compare(path, record);
    if (result.kind === 'skipped') countOne(skipped, result.reason);
    else {
      compared++;
      crashPoints += result.crashPoints;
      comparedLogs += result.comparedLogs;
      for (const reason of result.otherLogs) countOne(otherLogs, reason);
      mismatches.push(...result.mismatches.map((mismatch) => ({ ...mismatch, id: result.id })));
    }
  }
  return { path, compared, crashPoints, comparedLogs, otherLogs, skipped, mismatches };
}

function countOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function readCorpus(path: string): CorpusRecord[] {
  try {
    return parseCorpus(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Misuse(`${path}: ${error.message}; give recordings as JSON lines`);
    throw new Misuse(`cannot read ${path}: ${whyUnusable(error)}`);
  }
}

/** A record has all its fields, but what they hold may still be nonsense; that shows when it is lowered. */
function compare(path: string, record: CorpusRecord) {
  try {
    return compareRecord(record);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Misuse(`${path}: recording ${record.id} cannot be predicted: ${why}`);
  }
}
