import type { ByteRange, FileView, StateView, Trace } from '../../engine/index.ts';
import { formatRange, intersect, subtract } from './byte-range.ts';
import { losingPositions, type Position, stateAt } from './positions.ts';

/** What makes a step matter for a loss, said in the race diagram below the step. */
export interface StepNote {
  readonly kind: 'promise' | 'loss';
  /** As it reads there: `promises I 0..4K`. */
  readonly text: string;
}

type Violation = StateView['crash']['violations'][number];

/**
 * The steps that tell how each loss of a trace came about: where an operation returned success for data that
 * is lost, and where that data fell off the way to the log. A loss can do without the latter, as when an fsync
 * returns before the log is written.
 */
export function notesOf(trace: Trace): ReadonlyMap<Position, readonly StepNote[]> {
  const notes = new Map<Position, StepNote[]>();
  const add = (position: Position, note: StepNote) => {
    const others = notes.get(position) ?? [];
    if (others.some(({ text }) => text === note.text)) return;
    notes.set(position, [...others, note]);
  };
  for (const { violation, position } of firstAppearances(trace)) {
    const lost = `${fileName(trace, violation)} ${formatRange(violation.range)}`;
    const promise = promisePosition(trace, violation, position);
    if (promise !== undefined) add(promise, { kind: 'promise', text: `promises ${lost}` });
    for (const { at, range } of fallsOffTheWay(trace, violation, position)) {
      add(at, { kind: 'loss', text: `hides ${fileName(trace, violation)} ${formatRange(range)} from fsync` });
    }
  }
  return notes;
}

function fileName({ initial }: Trace, { file }: Violation): string {
  return initial.files[file]?.name ?? '';
}

/** Each broken promise of the trace with the first position at which a power failure breaks it. */
function firstAppearances(trace: Trace): { violation: Violation; position: Position }[] {
  const seen = new Set<string>();
  return losingPositions(trace).flatMap((position) =>
    stateAt(trace, position)
      .crash.violations.filter(({ kind, file, promisedBy }) => {
        const key = JSON.stringify([kind, file, promisedBy]);
        return !seen.has(key) && seen.add(key);
      })
      .map((violation) => ({ violation, position })),
  );
}

/** The last step, up to a position, of the operation that made the promise. */
function promisePosition(trace: Trace, { promisedBy }: Violation, upTo: Position): Position | undefined {
  if (promisedBy === null) return undefined;
  const index = trace.steps
    .slice(0, upTo)
    .findLastIndex(
      ({ actor }) =>
        actor.kind === 'task' && actor.task === promisedBy.task && actor.operation === promisedBy.operation,
    );
  return index < 0 ? undefined : index + 1;
}

/**
 * The steps after which a fast fsync no longer finds the lost data: no dirty page, ordered extent or modified
 * extent map leads to it any more, and the log does not have it either.
 */
function fallsOffTheWay(
  trace: Trace,
  { file, range }: Violation,
  upTo: Position,
): { at: Position; range: ByteRange }[] {
  const promised = new Set(
    stateAt(trace, upTo)
      .crash.files[file]?.content.filter(({ verdict }) => verdict !== 'kept')
      .map((content) => content.promised),
  );
  const found: { at: Position; range: ByteRange }[] = [];
  let unexplained: readonly ByteRange[] = [range];
  for (let at = upTo; at > 0 && unexplained.length > 0; at -= 1) {
    const before = stateAt(trace, at - 1).files[file];
    const after = stateAt(trace, at).files[file];
    if (before === undefined || after === undefined) return found;
    const dropped = subtract(
      subtract(intersect(unexplained, onTheWay(before)), onTheWay(after)),
      inLog(after, promised),
    );
    found.push(...dropped.map((piece) => ({ at, range: piece })));
    unexplained = subtract(unexplained, dropped);
  }
  return found;
}

/** Ranges that an fsync of the file has yet to write or to log. */
function onTheWay({ pages, orderedExtents, extentMaps }: FileView): ByteRange[] {
  return [
    ...pages.filter(({ state }) => state !== 'clean'),
    ...orderedExtents,
    ...extentMaps.filter(({ modified, logging }) => modified || logging),
  ].map(({ range }) => range);
}

function inLog({ logged, loggedOnDisk }: FileView, versions: ReadonlySet<string>): ByteRange[] {
  return [...logged, ...loggedOnDisk].filter(({ version }) => versions.has(version)).map(({ range }) => range);
}
