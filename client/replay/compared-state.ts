import type { FileView, StateView } from '../../engine/index.ts';
import { formatBytes, formatRange } from './byte-range.ts';
import {
  type ComparedTable,
  type ComparedText,
  compareEntries,
  compareRanges,
  compareTexts,
  type RangeColumn,
  type RangeText,
} from './compared-table.ts';

/** A state as people read it, with what the last step changed. */
export interface ComparedState {
  /** Of the file system: its transaction and its log tree. */
  readonly facts: readonly FactGroup[];
  readonly files: readonly ComparedFile[];
}

export interface ComparedFile {
  readonly facts: FactGroup;
  readonly tables: readonly ComparedTable[];
}

/** Single values that belong together. */
export interface FactGroup {
  readonly title: string;
  readonly facts: readonly Fact[];
}

export interface Fact {
  /** The kernel's name for it, where there is one. */
  readonly name: string;
  readonly value: ComparedText;
}

/** Compares a state with the one before the step; with itself, for a state that no step led to. */
export function compareStates(before: StateView, after: StateView): ComparedState {
  return {
    facts: [
      compareFacts('transaction', transactionFacts(before), transactionFacts(after)),
      compareFacts('log tree', logFacts(before), logFacts(after)),
    ],
    files: after.files.map((file, index) => compareFile(before.files[index] ?? file, file)),
  };
}

function compareFacts(title: string, before: Record<string, string>, after: Record<string, string>): FactGroup {
  const facts = Object.entries(after).map(([name, text]) => ({
    name,
    value: compareTexts(before[name] ?? text, text),
  }));
  return { title, facts };
}

function transactionFacts({ transaction }: StateView): Record<string, string> {
  const { generation, state, committing, lastCommitted, aborted } = transaction;
  return {
    generation: String(generation),
    state: state === 'none' ? 'none runs' : state,
    ...(committing === null ? {} : { committing: String(committing) }),
    last_trans_committed: String(lastCommitted),
    ...(aborted === true ? { aborted: 'the file system is read-only' } : {}),
  };
}

function logFacts({ log }: StateView): Record<string, string> {
  return {
    'in memory': yesNo(log.exists),
    'on disk': yesNo(log.onDisk),
    log_transid: String(log.transid),
    last_log_commit: String(log.lastLogCommit),
    writers: String(log.writers),
  };
}

function fileFacts(file: FileView): Record<string, string> {
  return {
    i_size: formatBytes(file.size),
    disk_i_size: formatBytes(file.diskSize),
    'inode lock': file.lockedBy ?? 'free',
    NEEDS_FULL_SYNC: yesNo(file.needsFullSync),
    last_trans: String(file.lastTrans),
    logged_trans: String(file.loggedTrans),
  };
}

function compareFile(before: FileView, after: FileView): ComparedFile {
  return {
    facts: compareFacts(`file ${after.name}`, fileFacts(before), fileFacts(after)),
    tables: [
      compareRanges('pages', [
        column('state', before, after, ({ pages }) => pages.map(({ range, state }) => ({ range, text: state }))),
        column('content', before, after, ({ pages }) => pages.map(({ range, version }) => ({ range, text: version }))),
      ]),
      compareEntries(
        'extent maps',
        ['kind', 'generation', 'modified', 'pinned', 'logging'],
        extentMapEntries(before),
        extentMapEntries(after),
      ),
      compareEntries(
        'ordered extents',
        ['next step', 'not submitted'],
        orderedExtentEntries(before),
        orderedExtentEntries(after),
      ),
      compareRanges('file extent items', [
        column('tree', before, after, ({ tree }) => tree.map(itemText)),
        column('last commit', before, after, ({ committed }) => committed.map(itemText)),
        column('log', before, after, ({ logged }) => logged.map(itemText)),
        column('log on disk', before, after, ({ loggedOnDisk }) => loggedOnDisk.map(itemText)),
      ]),
    ],
  };
}

function column(name: string, before: FileView, after: FileView, texts: (file: FileView) => RangeText[]): RangeColumn {
  return { name, before: texts(before), after: texts(after) };
}

function extentMapEntries({ extentMaps }: FileView) {
  return extentMaps.map(({ range, kind, generation, modified, pinned, logging, inTree }) => ({
    range,
    role: inTree ? 'in the tree' : 'collected by an fsync',
    texts: [
      inTree ? kind : `${kind}, dropped`,
      inTree ? (generation === null ? 'in flight' : String(generation)) : '',
      flag(modified),
      flag(pinned),
      flag(logging),
    ],
  }));
}

function orderedExtentEntries({ orderedExtents }: FileView) {
  return orderedExtents.map(({ range, unsubmitted, next }) => ({
    range,
    texts: [next, unsubmitted.map(formatRange).join(' ')],
  }));
}

function itemText({ range, kind, version }: FileView['tree'][number]): RangeText {
  return { range, text: kind === 'hole' ? kind : version };
}

function flag(set: boolean): string {
  return set ? 'yes' : '';
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
