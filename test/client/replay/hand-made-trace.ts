import type { Actor, FileView, StateView, Trace, TraceStep } from '../../../engine/index.ts';

/** A range of blocks of 4 KiB: `blocks(0, 2)` is `0..8K`. */
export function blocks(start: number, end: number): { start: number; end: number } {
  return { start: start * 4096, end: end * 4096 };
}

/** A file of 32 MiB of which nothing is cached, with some parts as given. */
export function fileView(parts: Partial<FileView> = {}): FileView {
  return {
    name: 'I',
    size: 32 << 20,
    diskSize: 32 << 20,
    needsFullSync: false,
    lockedBy: null,
    loggedTrans: 0,
    lastTrans: 0,
    pages: [],
    extentMaps: [],
    orderedExtents: [],
    tree: [],
    committed: [],
    logged: [],
    loggedOnDisk: [],
    ...parts,
  };
}

/** The state after a fresh mount, with some parts as given. */
export function stateView(parts: Partial<StateView> = {}): StateView {
  return {
    transaction: { generation: 7, state: 'none', committing: null, lastCommitted: 7 },
    log: { exists: false, transid: 0, lastLogCommit: 0, writers: 0, onDisk: false },
    files: [fileView()],
    names: [],
    crash: { files: [], violations: [] },
    ...parts,
  };
}

/** A clean extent map that the next fast fsync will log. */
export function modifiedExtentMap(range: { start: number; end: number }): FileView['extentMaps'][number] {
  return { range, kind: 'data', generation: 8, modified: true, pinned: false, logging: false, inTree: true };
}

/** Task number `task` takes a step of its operation number `operation`. */
export function taskStep(task: number, operation: number, step: string, state = stateView()): TraceStep {
  const actor: Actor = { kind: 'task', task, operation };
  return { actor, step, task: taskNames[task] ?? '', operation: `operation ${operation}`, changes: [], state };
}

/** The completion of an ordered extent that the first operation of the first task started takes a step. */
export function endioStep(range: { start: number; end: number }, step: string, state = stateView()): TraceStep {
  const startedBy = { task: 0, operation: 0 };
  const actor: Actor = { kind: 'endio', file: 0, range, startedBy };
  return { actor, step, task: 'endio', operation: `endio at ${range.start}`, changes: [], state };
}

const taskNames = ['app', 'kswapd'];

export function traceOf(...steps: TraceStep[]): Trace {
  return { version: 1, scenario: 'made by hand', kernel: '5.8', tasks: taskNames, initial: stateView(), steps };
}

/** The crash view in which `promisedBy` had promised the range of the first file, and it is gone. */
export function crashThatLoses(
  range: { start: number; end: number },
  promisedBy: { task: number; operation: number } | null,
): StateView['crash'] {
  return {
    files: [
      { name: 'I', size: 32 << 20, content: [{ range, found: 'hole', promised: 'app: write', verdict: 'lost' }] },
    ],
    violations: [{ kind: 'lost', file: 0, range, promisedBy, sizeOnly: false, transaction: 8 }],
  };
}
