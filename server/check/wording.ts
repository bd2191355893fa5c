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
  return `the search ${describeBound(bound)}, after ${formatCount(states)} states: no such state was found, and nothing is proved`;
}

/** A search bound in words: `its bound of 2,000,000 states`. */
export function describeBound({ kind, limit }: BoundHit): string {
  switch (kind) {
    case 'states':
      return `stopped at its bound of ${formatCount(limit)} states`;
    case 'steps':
      return `stopped at its bound of ${formatCount(limit)} steps per interleaving`;
    case 'memory':
      return `stopped at its bound of ${formatOffset(limit)} of memory`;
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
