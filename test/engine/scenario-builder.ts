import type {
  ByteRange,
  Expectation,
  MountOption,
  Operation,
  OperationKind,
  OperationRange,
  OrderConstraint,
  Scenario,
  Schedule,
  ScheduleEntry,
  SearchBounds,
  StepReference,
} from '../../engine/index.ts';
import { Names } from './names-builder.ts';

/**
 * A scenario in a short form of the language, so that a test reads like one; the engine's tests do
 * not depend on the real parser.
 */
export interface ScenarioText {
  readonly kernel?: string;
  readonly guards?: Readonly<Record<string, boolean>>;
  readonly mount?: readonly MountOption[];
  /**
   * `I 32M data 0..4K prealloc 4K..8K nodatacow needs-full-sync`, `N new`, `D directory`, `D/F 4K`; one file `I` of
   * 32M where absent.
   */
  readonly files?: readonly string[];
  /** Operations by task: `write I 0..4K`, `truncate I 5K`, `clone I 0..4K to J 8K`, `fallocate I 0..4K keep-size`, `fault io on app.writeback`, `commit`. */
  readonly tasks: Readonly<Record<string, readonly string[]>>;
  /** `app.fsync@log_inode before kswapd.releasepage`; `app.fsync#2` is the second one. */
  readonly orders?: readonly string[];
  /** Entries: `app: fsync until log_inode`, `endio: I 0..4K`, `crash`. */
  readonly schedules?: readonly (readonly string[])[];
  /** `lost I 0..4K`, `safe`. */
  readonly expect?: readonly string[];
  readonly bounds?: SearchBounds;
}

/** Builds what the engine takes; throws on names that do not exist. */
export function buildScenario(text: ScenarioText): Scenario {
  const declared = text.files ?? ['I 32M'];
  const files = declared.filter((file) => !file.endsWith(' directory')).map(parseFile);
  const names = new Names(declared, Object.values(text.tasks).flat());
  const fileNames = files.map(({ name }) => name);
  const taskNames = Object.keys(text.tasks);
  const words = Object.values(text.tasks).map((operations) => operations.map((operation) => operation.split(' ')[0]!));
  const tasks = Object.entries(text.tasks).map(([name, operations]) => ({
    name,
    operations: operations.map((operation) =>
      operation.startsWith('fault ')
        ? parseFault(operation)
        : (names.parse(operation) ?? parseOperation(operation, fileNames)),
    ),
  }));
  return {
    name: 'test',
    kernel: text.kernel,
    guards: text.guards ?? {},
    mount: text.mount,
    files,
    namespace: names.namespace,
    tasks,
    orders: (text.orders ?? []).map(parseOrder),
    schedules: (text.schedules ?? []).map((entries): Schedule => ({ entries: entries.map(parseEntry) })),
    expect: (text.expect ?? []).map((expectation) => parseExpectation(expectation, fileNames)),
    bounds: text.bounds ?? {},
  };

  function parseFault(fault: string): Operation {
    const [, failure = '', , on = ''] = fault.split(' ');
    const kinds = ['enomem', 'io'] as const;
    return { kind: 'fault', failure: kinds[indexOf(kinds, failure)]!, on: parseReference(on) };
  }

  function parseOrder(order: string): OrderConstraint {
    const [before, after] = order.split(' before ').map(parseReference);
    return { before: before!, after: after! };
  }

  function parseReference(reference: string): StepReference {
    const [, taskName = '', kind = '', number = '1', step] = /^(\w+)\.([\w-]+)(?:#(\d+))?(?:@(\w+))?$/.exec(reference)!;
    const task = indexOf(taskNames, taskName);
    const places = words[task]!.flatMap((word, i) => (word === kind ? [i] : []));
    return { task, operation: places[Number(number) - 1]!, step };
  }

  function parseEntry(entry: string): ScheduleEntry {
    if (entry === 'crash') return { kind: 'crash' };
    const [, name = '', what = '', until] = /^(\w+): (.*?)(?: until (\w+))?$/.exec(entry)!;
    if (name !== 'endio')
      return { kind: 'task', task: indexOf(taskNames, name), operation: what as OperationKind, until };
    const [file = '', range] = what.split(' ');
    return { kind: 'endio', file: indexOf(fileNames, file), range: parseOperationRange(range), until };
  }
}

/** `4K` as bytes. */
function bytes(text: string): number {
  const [, number, unit = ''] = /^(\d+)([KM]?)$/.exec(text)!;
  return Number(number) * { '': 1, K: 1024, M: 1024 ** 2 }[unit]!;
}

/** `0..4K` as a range of bytes. */
export function range(text: string): ByteRange {
  const [start = '', end = ''] = text.split('..');
  return { start: bytes(start), end: bytes(end) };
}

function parseFile(text: string): Scenario['files'][number] {
  const [name = '', size = '', ...attributes] = text.split(' ');
  const rangesAfter = (keyword: string) => {
    const after = attributes.slice(attributes.indexOf(keyword) + 1);
    const end = after.findIndex((word) => !word.includes('..'));
    return attributes.includes(keyword) ? after.slice(0, end < 0 ? undefined : end).map(range) : [];
  };
  return {
    name,
    size: size === 'new' ? 0 : bytes(size),
    data: rangesAfter('data'),
    prealloc: rangesAfter('prealloc'),
    nodatacow: attributes.includes('nodatacow'),
    needsFullSync: attributes.includes('needs-full-sync'),
  };
}

function parseOperation(text: string, files: readonly string[]): Operation {
  const [kind = '', name = '', where = '', option = '', ...rest] = text.split(' ');
  if (kind === 'sync' || kind === 'commit') return { kind };
  const file = indexOf(files, name);
  if (kind === 'truncate') return { kind, file, size: bytes(where) };
  const parsed = parseOperationRange(where === '' ? undefined : where);
  if (kind === 'clone') {
    return { kind, file, range: parsed, target: indexOf(files, rest[0] ?? ''), offset: bytes(rest[1] ?? '') };
  }
  if (kind === 'fallocate' || kind === 'zero-range') {
    return { kind, file, range: parsed, keepSize: option === 'keep-size' };
  }
  return { kind: fileKinds[indexOf(fileKinds, kind)]!, file, range: parsed };
}

const fileKinds = [
  'write',
  'mmap-write',
  'direct-write',
  'read',
  'writeback',
  'releasepage',
  'fsync',
  'fdatasync',
  'punch',
  'close',
  'evict',
] as const;

function parseOperationRange(text: string | undefined): OperationRange {
  return text === undefined || text === 'all' ? 'all' : range(text);
}

function parseExpectation(text: string, files: readonly string[]): Expectation {
  const [kind, file = '', where = ''] = text.split(' ');
  if (kind === 'safe') return { kind };
  const kinds = ['lost', 'corrupt', 'resurrected'] as const;
  return { kind: kinds[indexOf(kinds, kind ?? '')]!, file: indexOf(files, file), range: range(where) };
}

function indexOf(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  if (index < 0) throw new Error(`${name} is none of ${names.join(', ')}`);
  return index;
}
