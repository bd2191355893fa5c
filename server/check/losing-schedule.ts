import {
  type Actor,
  checkSchedule,
  type Scenario,
  type ScheduleEntry,
  type Violation,
  type WitnessStep,
} from '../../engine/index.ts';

/** More entries than these are not tried to be told as one. */
const longestMerge = 12;

/**
 * The entries of an explicit interleaving that runs exactly the steps of a violation's witness and then
 * crashes, as few as tell it. Every form is judged by the engine; undefined when none shows the violation.
 */
export function losingSchedule(scenario: Scenario, violation: Violation): readonly ScheduleEntry[] | undefined {
  let entries = exactEntries(scenario, violation.witness);
  if (!shows(scenario, entries, violation)) return undefined;
  for (let first = 0; first < entries.length; first++) {
    const shorter = merges(entries, first).find((candidate) => shows(scenario, candidate, violation));
    if (shorter !== undefined) entries = shorter;
  }
  return withCrash(entries);
}

type RunningEntry = Exclude<ScheduleEntry, { kind: 'crash' }>;

/** One entry for each run of steps of one actor, up to and including its last step; more when that step's name repeats. */
function exactEntries(scenario: Scenario, witness: readonly WitnessStep[]): RunningEntry[] {
  const entries: RunningEntry[] = [];
  let run: WitnessStep[] = [];
  const endRun = () => {
    const until = run.at(-1)?.step;
    for (const { actor, step } of run) if (step === until) entries.push(entryOf(scenario, actor, until));
    run = [];
  };
  for (const step of witness) {
    if (run[0] !== undefined && !sameActor(run[0].actor, step.actor)) endRun();
    run.push(step);
  }
  endRun();
  return entries;
}

function entryOf({ tasks }: Scenario, actor: Actor, until: string): RunningEntry {
  if (actor.kind === 'endio') return { kind: 'endio', file: actor.file, range: actor.range, until };
  const operation = tasks[actor.task]!.operations[actor.operation]!.kind;
  return { kind: 'task', task: actor.task, operation, until };
}

function sameActor(a: Actor, b: Actor): boolean {
  if (a.kind === 'task') return b.kind === 'task' && a.task === b.task && a.operation === b.operation;
  return b.kind === 'endio' && a.file === b.file && a.range.start === b.range.start;
}

/** Ways to tell entry `first` and some of those behind it as one entry, the shortest first: to its end, or up to a later step. */
function merges(entries: readonly RunningEntry[], first: number): RunningEntry[][] {
  const start = entries[first]!;
  const shorter: RunningEntry[][] = [];
  for (let last = Math.min(first + longestMerge, entries.length - 1); last >= first; last--) {
    const { until } = entries[last]!;
    for (const end of last > first && sameTeller(start, entries[last]!) ? [undefined, until] : [undefined]) {
      shorter.push([...entries.slice(0, first), { ...start, until: end }, ...entries.slice(last + 1)]);
    }
  }
  return shorter;
}

function sameTeller(a: RunningEntry, b: RunningEntry): boolean {
  if (a.kind === 'task') return b.kind === 'task' && a.task === b.task && a.operation === b.operation;
  return b.kind === 'endio' && a.file === b.file;
}

/** The entries run the very steps of the witness, and the violation is there at the end. */
function shows(
  scenario: Scenario,
  entries: readonly RunningEntry[],
  { kind, file, range, witness }: Violation,
): boolean {
  const schedules = [...scenario.schedules, { entries: withCrash(entries) }];
  const { verdict, steps, violations } = checkSchedule({ ...scenario, schedules }, scenario.schedules.length);
  return (
    verdict === 'unsafe' &&
    steps.length === witness.length &&
    steps.every(({ step, actor }, i) => step === witness[i]!.step && sameActor(actor, witness[i]!.actor)) &&
    violations.some(
      (found) =>
        found.kind === kind &&
        found.file === file &&
        found.range.start === range.start &&
        found.range.end === range.end,
    )
  );
}

function withCrash(entries: readonly RunningEntry[]): ScheduleEntry[] {
  return [...entries, { kind: 'crash' }];
}
