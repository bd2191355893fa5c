import type { Actor, StateView, Trace } from '../../engine/index.ts';
import { formatBytes, formatRange } from './byte-range.ts';
import type { ReplayContent } from './messages.ts';
import { losingPositions, type Position, stateAt } from './positions.ts';

/** What a power failure at one point leaves, next to what was promised. */
export interface CrashReport {
  /** One sentence per broken promise; none when all are kept. */
  readonly losses: readonly string[];
  readonly files: readonly CrashedFile[];
}

export interface CrashedFile {
  readonly name: string;
  /** i_size after log replay. */
  readonly size: string;
  readonly rows: readonly CrashRow[];
}

interface CrashRow {
  readonly range: string;
  readonly found: string;
  readonly promised: string;
  /** A word: `kept`, or how the promise is broken. */
  readonly verdict: string;
}

type Violation = StateView['crash']['violations'][number];

/** What is found when power fails right at a position, after log replay at the next mount. */
export function crashAt(trace: Trace, position: Position): CrashReport {
  const { crash } = stateAt(trace, position);
  return {
    losses: crash.violations.map((violation) => sentence(trace, violation)),
    files: crash.files.map(({ name, size, content }) => ({
      name,
      size: formatBytes(size),
      rows: content.map(({ range, found, promised, verdict }) => ({
        range: formatRange(range),
        found,
        promised,
        verdict,
      })),
    })),
  };
}

/** How a replay ends, in lines that are empty when it keeps everything wherever power fails. */
export function headlines({ trace, findings }: ReplayContent): readonly string[] {
  const losing = losingPositions(trace);
  const [first] = losing;
  if (findings.length > 0 || first === undefined) return findings;
  // The findings speak of the end of the run: this loss is over by then.
  const last = losing.findLast((position, index) => position === first + index) ?? first;
  return [`Loses data if power fails after step ${first}${last === first ? '' : ` to ${last}`}.`];
}

function sentence(trace: Trace, violation: Violation): string {
  const promise = promiser(trace, violation);
  const although = promise === undefined ? '' : `, although ${promise} returned success`;
  return `${loss(trace, violation)}${although}. Exposed until transaction ${violation.transaction} commits.`;
}

function loss({ initial }: Trace, { kind, file, range, sizeOnly }: Violation): string {
  const name = initial.files[file]?.name ?? '';
  if (sizeOnly) {
    const [found, promised] = kind === 'resurrected' ? [range.end, range.start] : [range.start, range.end];
    return `${name} comes back with size ${formatBytes(found)}, not ${formatBytes(promised)}`;
  }
  return `${name} ${formatRange(range)} ${outcomes[kind]}`;
}

const outcomes: Readonly<Record<Violation['kind'], string>> = {
  lost: 'is lost',
  corrupt: 'is corrupt',
  resurrected: 'holds removed data again',
};

/** The operation that made the promise: `app: fsync I`. */
function promiser({ steps }: Trace, { promisedBy }: Violation): string | undefined {
  const made = ({ actor }: { actor: Actor }) =>
    actor.kind === 'task' && actor.task === promisedBy?.task && actor.operation === promisedBy.operation;
  const step = steps.find(made);
  return step && `${step.task}: ${step.operation}`;
}
