import {
  type BoundHit,
  formatOffset,
  formatRange,
  type QuestionAnswer,
  type Scenario,
  type Violation,
} from '../../engine/index.ts';

/** A violation without the way to it. */
export type Loss = Omit<Violation, 'witness'>;

/** The violation in one sentence: what was promised by whom, what is gone, and until when it can happen. */
export function describeViolation(scenario: Scenario, violation: Loss): string {
  const comma = violation.sizeOnly ? ',' : '';
  const loss = `${describeLoss(scenario, violation)}${comma} if power fails before transaction ${violation.transaction} commits`;
  const { promisedBy } = violation;
  if (promisedBy === null) return loss;
  const { kind } = scenario.tasks[promisedBy.task]!.operations[promisedBy.operation]!;
  return `${kind} returns success, yet ${loss}`;
}

/** What is found after the crash, without who promised better: `I 0..4K is lost`. */
export function describeLoss({ files }: Scenario, { kind, file, range, sizeOnly }: Loss): string {
  const { name } = files[file]!;
  if (sizeOnly && kind === 'lost') {
    return `${name} comes back with size ${formatOffset(range.start)}, not ${formatOffset(range.end)}`;
  }
  if (sizeOnly && kind === 'resurrected') {
    return `${name} comes back with size ${formatOffset(range.end)}, not ${formatOffset(range.start)}`;
  }
  return `${name} ${formatRange(range)} ${outcomes[kind]}`;
}

const outcomes: Readonly<Record<Violation['kind'], string>> = {
  lost: 'is lost',
  corrupt: 'is corrupt',
  resurrected: 'holds removed data again',
};

/** The answer to a question in one sentence. */
export function describeAnswer({ reached, bound, interleavings, states, witness }: QuestionAnswer): string {
  const { total, passing, exact } = interleavings;
  if (reached === true && witness.length === 0) return 'the initial state is such a state';
  if (reached === true) {
    const shortest = `in ${formatCount(witness.length)} step${witness.length === 1 ? '' : 's'}`;
    return `reached by ${exact ? '' : 'at least '}${formatCount(passing)} of ${formatCount(total)} interleavings, by the shortest ${shortest}`;
  }
  if (bound === undefined) return `proved: none of the ${formatCount(total)} interleavings comes to such a state`;
  return `the search ${describeBound(bound)}, ${describeCoverage(bound, states)}: no such state was found, and nothing is proved`;
}

/** What a search that ended at a bound has looked at: `after 2,000,000 of about 7 million states and the first 31 steps of every interleaving`. */
export function describeCoverage({ depth = 0, estimate }: BoundHit, states: number): string {
  const inAll = estimate === undefined ? '' : describeTotal(estimate, states);
  const steps =
    depth === 0 ? '' : ` and the first ${depth === 1 ? 'step' : `${formatCount(depth)} steps`} of every interleaving`;
  return `after ${formatCount(states)}${inAll && ` of ${inAll}`} states${steps}`;
}

/** `about 3 million`, of which so many are known; empty where that is no more than those. */
export function describeTotal(estimate: number, known: number): string {
  const rounded = Number(estimate.toPrecision(1));
  if (rounded <= known) return '';
  const [scale, word] = scales.find(([least]) => rounded >= least) ?? [1, ''];
  return `about ${formatCount(rounded / scale)}${word && ` ${word}`}`;
}

/**
 * Where unfinished checks have reached so many states: `, about 3 million in all`. Empty unless each of them can tell: one that waits for its
 * turn can not.
 */
export function describeAll(
  unfinished: readonly { readonly states: number; readonly estimate: number | undefined }[],
  known: number,
): string {
  const missing = unfinished.map(({ states, estimate }) => estimate && Math.max(0, estimate - states));
  if (missing.length === 0 || missing.includes(undefined)) return '';
  const total = describeTotal(
    missing.reduce<number>((sum, states = 0) => sum + states, known),
    known,
  );
  return total && `, ${total} in all`;
}

const scales = [
  [1e9, 'billion'],
  [1e6, 'million'],
] as const;

/** A search bound in words: `its bound of 2,000,000 states`. */
export function describeBound({ kind, limit }: BoundHit): string {
  switch (kind) {
    case 'states':
      return `stopped at its bound of ${formatCount(limit)} states`;
    case 'steps':
      return `stopped at its bound of ${formatCount(limit)} steps per interleaving`;
    case 'memory':
      return `stopped at its bound of ${formatOffset(limit)} of memory`;
    case 'time':
      return `stopped at its bound of ${limit < 1000 ? `${limit} ms` : `${formatCount(limit / 1000)} s`}`;
    case 'cancelled':
      return 'was cancelled';
    case 'violation':
      return 'stopped at the first violation';
  }
}

/** A count with thousands separators: `1,260`. Takes decimal strings too, for counts outgrow doubles. */
export function formatCount(count: string | number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
