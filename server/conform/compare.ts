import {
  blockSize,
  type CrashOutcome,
  crashOutcomes,
  type FileOutcome,
  type LoggedNamesOutcome,
  newestRelease,
} from '../../engine/index.ts';
import { cut, initialRuns, type TaggedRun } from './live-content.ts';
import {
  firstDifference,
  hasInodeItem,
  predictedItems,
  predictedNames,
  recordedItems,
  recordedNames,
} from './log-items.ts';
import { type LoweredRecord, lowerRecord, whySkipped } from './lower-record.ts';
import type { CorpusRecord, RecordedFile, RecordedOutcome, RecordedState } from './record.ts';

/** How the predictions for one recording compare with what was recorded. */
type RecordResult =
  | { readonly kind: 'skipped'; readonly id: string; readonly reason: string }
  | {
      readonly kind: 'compared';
      readonly id: string;
      readonly crashPoints: number;
      /** Those of the crash points whose log trees were compared item by item. */
      readonly comparedLogs: number;
      /** Crash points with a log tree whose items were not compared, by reason. */
      readonly otherLogs: readonly string[];
      readonly mismatches: readonly Mismatch[];
    };

/** A crash point whose outcome was predicted wrongly. */
export interface Mismatch {
  /** Index of the recorded operation after which the power failed. */
  readonly after: number;
  /** What differs: the existence, size or content of a file, the number of commits, whether there is a log, or what it has. */
  readonly what: string;
  readonly recorded: string;
  readonly predicted: string;
}

/** Predicts every crash outcome of a recording and compares. */
export function compareRecord(record: CorpusRecord): RecordResult {
  const reason = whySkipped(record);
  if (reason !== undefined) return { kind: 'skipped', id: record.id, reason };
  const lowered = lowerRecord(record, releaseOf(record.kernel));
  const predicted = crashOutcomes(lowered.scenario);
  const mismatches = record.outcomes.flatMap((outcome) =>
    compareOutcome(record, lowered, outcome, predicted[lowered.lastOperation[outcome.after]!]!),
  );
  const logs = record.outcomes.filter(({ items }) => items !== undefined);
  const otherLogs = logs.flatMap(
    (outcome) => whyOtherItems(record, outcome, predicted[lowered.lastOperation[outcome.after]!]!) ?? [],
  );
  return {
    kind: 'compared',
    id: record.id,
    crashPoints: record.outcomes.length,
    comparedLogs: logs.length - otherLogs.length,
    otherLogs,
    mismatches,
  };
}

/** What the model lacks to predict the items of a recorded log, or undefined when they are compared. */
function whyOtherItems(
  record: CorpusRecord,
  { items = [] }: RecordedOutcome,
  predicted: CrashOutcome,
): string | undefined {
  if (items.some(([type, , , , kind]) => type === 'E' && kind === 'i')) return 'an inline extent';
  if (mayUpdateAtime(record) && !predicted.log) return 'an update of the atime alone';
  return undefined;
}

/** The release of a kernel, with what was backported to it: `6.18.44` of `6.18.44-generic`. */
function releaseOf(kernel: string): string {
  return /^\d+(\.\d+)+/.exec(kernel)?.[0] ?? newestRelease;
}

function compareOutcome(
  record: CorpusRecord,
  lowered: LoweredRecord,
  outcome: RecordedOutcome,
  predicted: CrashOutcome,
): Mismatch[] {
  const facts: [what: string, recorded: string, predicted: string][] = [];
  if (!mayUpdateAtime(record)) {
    facts.push(['commits', String(outcome.gen), String(predicted.commits)]);
    facts.push(['log', String(outcome.log), String(predicted.log)]);
  }
  const { names, scenario, written } = lowered;
  const links = predicted.names ?? names.initial;
  const paths = scenario.namespace === undefined ? record.files.map(({ name }) => name) : Object.keys(outcome.state);
  for (const path of paths) {
    const state = outcome.state[path] ?? null;
    const node = names.resolve(path, links);
    const found = predicted.files[node];
    facts.push([
      `existence of ${path}`,
      kindOf(state),
      node < 0 ? 'nothing' : found === undefined ? 'directory' : 'file',
    ]);
    if (state === null || node < 0) continue;
    facts.push([`inode number of ${path}`, String(state.ino), String(names.inodeNumbers[node])]);
    if (found === undefined) continue;
    const file = record.files[node] ?? { name: path, size: 0, fill: [] };
    facts.push([`links to ${path}`, String(state.nlink), String(links.filter((other) => other === node).length)]);
    facts.push([`size of ${path}`, String(state.size), String(found.size)]);
    // Content is compared as far as both reach: what lies behind is a matter of size.
    const size = Math.min(state.size ?? 0, found.size);
    facts.push([`content of ${path}`, recordedContent(state, size), predictedContent(file, found, size, written)]);
  }
  return [
    ...facts
      .filter(([, was, expected]) => was !== expected)
      .map(([what, recorded, expected]) => ({ after: outcome.after, what, recorded, predicted: expected })),
    ...compareItems(record, lowered, outcome, predicted),
  ];
}

/** A ranged sync maps the file first, and that may update its atime: no operation of the language does. */
function mayUpdateAtime({ ops }: CorpusRecord): boolean {
  return ops.some(({ op }) => op === 'rfsync');
}

/** For each file, the first item of the log tree that is not as predicted. */
function compareItems(
  record: CorpusRecord,
  lowered: LoweredRecord,
  outcome: RecordedOutcome,
  predicted: CrashOutcome,
): Mismatch[] {
  if (outcome.items === undefined || whyOtherItems(record, outcome, predicted) !== undefined) return [];
  if (predicted.loggedNames !== undefined) return compareNamedItems(lowered, outcome, predicted, predicted.loggedNames);
  return record.files.flatMap(({ name }, index) => {
    const inode = outcome.state[name]?.ino;
    if (inode === undefined) return [];
    const logged = predictedItems(predicted.files[index]!.logged);
    const difference = firstDifference(recordedItems(outcome, inode), logged);
    return difference === undefined ? [] : [{ after: outcome.after, what: `log items of ${name}`, ...difference }];
  });
}

/** The same where names change: sizes, names and entries of every inode. */
function compareNamedItems(
  { names }: LoweredRecord,
  outcome: RecordedOutcome,
  predicted: CrashOutcome,
  logged: LoggedNamesOutcome,
): Mismatch[] {
  return names.inodeNumbers.flatMap((inode, node) => {
    const file = predicted.files[node]?.logged;
    const hasItem = file !== undefined || logged.directories.includes(node);
    const recorded = recordedNames(outcome, inode);
    // Replay ignores an inode without links, whatever the log has of it.
    if (!hasItem && recorded.length === 0) return [];
    const items = [
      ...(file === undefined ? [] : predictedItems({ ...file, names: false })),
      ...predictedNames(logged, names, node),
    ];
    const found = [
      ...(file === undefined ? [] : recordedItems(outcome, inode).filter((item) => item !== 'INODE_REF')),
      ...recorded,
    ];
    const difference =
      hasInodeItem(outcome, inode) === hasItem
        ? firstDifference(found, items)
        : { recorded: hasItem ? '' : 'INODE_ITEM', predicted: hasItem ? 'INODE_ITEM' : '' };
    return difference === undefined
      ? []
      : [{ after: outcome.after, what: `log items of inode ${inode}`, ...difference }];
  });
}

function kindOf(state: RecordedState | null): string {
  if (state === null) return 'nothing';
  return state.dir === true ? 'directory' : 'file';
}

function recordedContent({ data = [] }: RecordedState, size: number): string {
  const runs = data.flatMap(([block, count, tag]): TaggedRun[] => {
    const start = block * blockSize;
    if (typeof tag === 'number') return [[start, (block + count) * blockSize, tag]];
    return tag.map(([offset, length, byte]) => [start + offset, start + offset + length, byte]);
  });
  return joinRuns(runs, size);
}

/** What each operation put where, and what was there at the start; zeros are left out, as in recordings. */
function predictedContent(
  file: RecordedFile,
  { data }: FileOutcome,
  size: number,
  written: LoweredRecord['written'],
): string {
  const initial = initialRuns(file);
  const runs = data.flatMap(({ range, writer }) =>
    cut(writer === 'initial' ? initial : written[writer]!, range.start, range.end),
  );
  return joinRuns(runs, size);
}

/** `0..16384:1 20480..24576:10`: neighbouring runs with one tag are one; zeros, and what lies behind `size`, are left out. */
function joinRuns(runs: readonly TaggedRun[], size: number): string {
  const joined: [number, number, number][] = [];
  for (const [start, behind, tag] of [...runs].sort((a, b) => a[0] - b[0])) {
    const end = Math.min(behind, size);
    if (start >= end || tag === 0) continue;
    const last = joined.at(-1);
    if (last !== undefined && last[1] === start && last[2] === tag) last[1] = end;
    else joined.push([start, end, tag]);
  }
  return joined.map(([start, end, tag]) => `${start}..${end}:${tag}`).join(' ');
}
