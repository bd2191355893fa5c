import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesAfterCrash } from '../../../engine/durability/names-after-crash.ts';
import {
  answerQuestions,
  type ByteRange,
  type Condition,
  check,
  type OperationRange,
  type Scenario,
  type StateView,
  type TraceStep,
  traceWitness,
  type WitnessStep,
} from '../../../engine/index.ts';
import { compile, type Program } from '../../../engine/program.ts';
import { Runner } from '../../../engine/replay/runner.ts';
import type { State } from '../../../engine/state/layout.ts';
import { allRuns, stepsThatMayCome } from '../all-runs.ts';
import { randomNames } from '../random-names.ts';
import { randomFailure, randomRace, randomScenario } from '../random-scenario.ts';
import { buildScenario } from '../scenario-builder.ts';

/** Page release against a fast fsync: the flag is set, or not, before the fsync tests it. */
const race = buildScenario({
  kernel: '5.8',
  tasks: { app: ['write I 0..4K', 'fsync I'], kswapd: ['releasepage I 0..4K'] },
});

function ask(scenario: Scenario, ...conditions: readonly Condition[]) {
  return answerQuestions({ ...scenario, questions: conditions.map((condition) => ({ condition })) });
}

const first = { start: 0, end: 4096 };
const fsync = (is: 'returned' | 'fast' | 'full'): Condition => ({ kind: 'operation', task: 0, operation: 1, is });
const range = (is: 'modified' | 'logged' | 'durable', bytes: OperationRange = first): Condition => ({
  kind: 'range',
  file: 0,
  range: bytes,
  is,
});
const not = (operand: Condition): Condition => ({ kind: 'not', operand });
const and = (...operands: readonly Condition[]): Condition => ({ kind: 'and', operands });
const or = (...operands: readonly Condition[]): Condition => ({ kind: 'or', operands });

describe('a question', () => {
  const { interleavings } = check(race);

  test('is answered with a count, and a shortest run that ends in such a state', () => {
    const [answer] = ask(race, and(fsync('returned'), not(range('durable'))));
    expect(answer).toMatchObject({ reached: true, bound: undefined });
    // What the fsync promised is what it leaves out: the losing interleavings.
    expect(answer!.interleavings).toEqual({ total: interleavings.total, passing: interleavings.losing, exact: true });
    expect(answer!.witness).toEqual(check(race).violations[0]!.witness);
  });

  test('that no interleaving answers is proved to have none', () => {
    expect(ask(race, and(fsync('returned'), fsync('full'), not(range('logged'))))).toMatchObject([
      { reached: false, interleavings: { total: interleavings.total, passing: '0', exact: true }, witness: [] },
    ]);
  });

  test('can be answered by the initial state', () => {
    expect(ask(race, not(fsync('returned')))).toMatchObject([
      { reached: true, interleavings: { passing: interleavings.total }, witness: [] },
    ]);
  });

  test('stays open at a bound, unless it is answered before', () => {
    const bounded = { ...race, bounds: { states: 40 } };
    const answers = ask(bounded, fsync('returned'), { kind: 'task-at', task: 0, step: 'inode_lock' });
    expect(answers).toMatchObject([
      { reached: null, bound: { kind: 'states', limit: 40 }, interleavings: { exact: false }, witness: [] },
      { reached: true, bound: { kind: 'states', limit: 40 }, interleavings: { exact: false } },
    ]);
    expect(Number(answers[1]!.interleavings.passing)).toBeGreaterThan(0);
  });

  test('is given up when it is cancelled', () => {
    const large = buildScenario({
      tasks: { a: ['write I 0..4K', 'fsync I'], b: ['write I 4K..8K', 'fsync I'], c: ['writeback I', 'commit'] },
    });
    const questions = [{ condition: not(or()) }, { condition: or() }];
    expect(answerQuestions({ ...large, questions }, { shouldStop: () => true })).toMatchObject([
      { reached: true, bound: { kind: 'cancelled' } },
      { reached: null, bound: { kind: 'cancelled' } },
    ]);
  });

  test('changes nothing about the verdict', () => {
    const questions = [{ condition: or(fsync('fast'), fsync('full')) }];
    expect(check({ ...race, questions })).toEqual(check(race));
  });
});

describe('each condition', () => {
  /** Steps of the witness of a condition, the last of which makes it true. */
  const lastStep = (condition: Condition, scenario: Scenario = race) => {
    const [answer] = ask(scenario, condition);
    return answer!.reached ? (answer!.witness.at(-1)?.step ?? 'initial') : String(answer!.reached);
  };

  test.each<[name: string, condition: Condition, step: string]>([
    ['is fast', fsync('fast'), 'log_inode'],
    ['is full', fsync('full'), 'log_inode'],
    ['is fast, and full', and(fsync('fast'), fsync('full')), 'false'],
    ['is fast, remembered', and(fsync('fast'), fsync('returned')), 'return'],
    ['returned', fsync('returned'), 'return'],
    ['is at', { kind: 'task-at', task: 0, step: 'log_changed_extents' }, 'log_all_xattrs'],
    ['is at the first step', { kind: 'task-at', task: 1, step: 'try_release_extent_mapping' }, 'initial'],
    ['in modified', range('modified'), 'start_ordered_ops'],
    ['in modified, in part', range('modified', { start: 0, end: 2 ** 25 }), 'start_ordered_ops'],
    ['in modified, behind it', range('modified', { start: 4096, end: 8192 }), 'false'],
    ['logged, by a fast fsync', and(fsync('fast'), range('logged')), 'log_one_extent'],
    ['logged, by a full fsync', and(fsync('full'), range('logged')), 'copy_inode_items_to_log'],
    ['logged, in part', and(fsync('fast'), range('logged', { start: 0, end: 8192 })), 'false'],
    ['not durable', not(range('durable')), 'dirty_pages'],
    ['durable, with what is new', and(fsync('returned'), range('durable')), 'return'],
    [
      'durable, in part',
      and(
        { kind: 'operation', task: 0, operation: 0, is: 'returned' },
        not(fsync('returned')),
        range('durable', { start: 0, end: 8192 }),
      ),
      'write_super',
    ],
    ['needs-full-sync', { kind: 'needs-full-sync', file: 0 }, 'try_release_extent_mapping'],
    ['and', and(fsync('returned'), range('modified')), 'false'],
    ['or', or(fsync('returned'), range('modified')), 'start_ordered_ops'],
  ])('%s', (_, condition, step) => {
    expect(lastStep(condition)).toBe(step);
  });

  test('the whole file is durable with its size', () => {
    const shrinking = buildScenario({ files: ['I 8K'], tasks: { app: ['truncate I 4K', 'fsync I'] } });
    const truncated: Condition = { kind: 'operation', task: 0, operation: 0, is: 'returned' };
    expect(lastStep(and(truncated, range('durable')), shrinking)).toBe('btrfs_update_inode');
    expect(lastStep(and(truncated, range('durable', 'all')), shrinking)).toBe('write_super');
  });

  test('a file that is not found is not durable', () => {
    const created = buildScenario({ files: ['N new'], tasks: { app: ['create N', 'fsync N'] } });
    expect(lastStep(range('durable', 'all'), created)).toBe('write_super');
  });

  test('what the log has without checksums is not durable', () => {
    const msync = buildScenario({
      kernel: '4.13',
      files: ['I 16K data 0..16K'],
      tasks: { app: ['write I 0..4K', 'write I 8K..12K', 'fsync I 0..4K'], flusher: ['writeback I 8K..12K'] },
      orders: ['flusher.writeback before app.fsync'],
    });
    const returned: Condition = { kind: 'operation', task: 0, operation: 2, is: 'returned' };
    const bytes = { start: 8192, end: 12288 };
    expect(lastStep(and(returned, range('logged', bytes), not(range('durable', bytes))), msync)).toBe('return');
  });

  test('of a range that nothing reaches, nothing holds', () => {
    expect(lastStep(range('durable', { start: 2 ** 25, end: 2 ** 26 }))).toBe('false');
  });
});

/** What holds in one state of a run, found in what the debugger shows of it. */
interface Moment {
  readonly view: StateView;
  /** The steps taken so far, and those that follow to the end of the run. */
  readonly past: readonly TraceStep[];
  readonly future: readonly TraceStep[];
  /** Per task, the steps one of which comes next. */
  readonly next: readonly (readonly string[])[];
  readonly program: Program;
  readonly state: State;
}

function holds(condition: Condition, moment: Moment): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.operands.every((operand) => holds(operand, moment));
    case 'or':
      return condition.operands.some((operand) => holds(operand, moment));
    case 'not':
      return !holds(condition.operand, moment);
    case 'task-at':
      return moment.next[condition.task]!.includes(condition.step);
    case 'needs-full-sync':
      return moment.view.files[condition.file]!.needsFullSync;
    case 'operation': {
      const own = ({ actor }: TraceStep) =>
        actor.kind === 'task' && actor.task === condition.task && actor.operation === condition.operation;
      if (condition.is === 'returned') return moment.past.some(own) && !moment.future.some(own);
      const said = `the full-sync flag is ${condition.is === 'fast' ? 'clear: a fast' : 'set: a full'} fsync`;
      return moment.past.filter(own).some(({ changes }) => changes.includes(said));
    }
    case 'range': {
      const { extentMaps, logged, size } = moment.view.files[condition.file]!;
      const bytes = condition.range === 'all' ? { start: 0, end: size } : condition.range;
      if (condition.is === 'modified') {
        return extentMaps.some((map) => map.modified && map.range.start < bytes.end && map.range.end > bytes.start);
      }
      if (condition.is === 'logged')
        return covers(
          logged.map((item) => item.range),
          bytes,
        );
      return survives(moment, condition.file, condition.range);
    }
  }
}

/** No byte of `range` is in none of `ranges`. */
function covers(ranges: readonly ByteRange[], { start, end }: ByteRange): boolean {
  let at = start;
  for (const range of [...ranges].sort((a, b) => a.start - b.start))
    if (range.start <= at) at = Math.max(at, range.end);
  return at >= end;
}

/** A power failure leaves the range as it is; found from the trees, for the view has no numbers of versions. */
function survives({ program, state }: Moment, file: number, range: OperationRange): boolean {
  const { inodes, log, names } = program.machine;
  const { segments, size, content, committed, diskLog } = inodes[file]!;
  if (names !== undefined && ![...namesAfterCrash(program.machine, names, state)].includes(file)) return false;
  const replays = log.onDisk.get(state) === 1 && diskLog.present.get(state) === 1;
  const hasOld = committed.present.get(state) === 1;
  const sizeOfLog = replays && !(hasOld && diskLog.existsOnly.get(state) === 1 && diskLog.size.get(state) === 0);
  const found = (sizeOfLog ? diskLog : committed).size.get(state);
  const end = range === 'all' ? segments.cuts[size.get(state)]! : range.end;
  if (range === 'all' ? found !== size.get(state) : end > segments.cuts.at(-1)!) return false;
  return content.every((field, i) => {
    if (segments.cuts[i]! >= end || segments.cuts[i + 1]! <= (range === 'all' ? 0 : range.start)) return true;
    if (i >= found || i >= size.get(state)) return false;
    const has = (set: { get(state: State): number }) => ((set.get(state) >>> i) & 1) === 1;
    const inLog = replays && (has(diskLog.data) || has(diskLog.prealloc) || has(diskLog.hole));
    const image = inLog ? diskLog : committed;
    if (has(image.foreign) || has(image.unwritten) || has(image.withoutChecksums)) return false;
    const [there, now] = [image.version[i]!.get(state), field.get(state)];
    return Math.floor(there / 2) === Math.floor(now / 2) || (there % 2 === 1 && now % 2 === 1);
  });
}

/** Every state that a run comes to, the initial one included. */
function momentsOf(scenario: Scenario, program: Program, run: readonly WitnessStep[]): Moment[] {
  const { initial, steps } = traceWitness(scenario, run);
  const runner = new Runner(program);
  return [initial, ...steps.map(({ state }) => state)].map((view, i) => {
    if (i > 0) runner.follow(run[i - 1]!);
    const state = runner.state.slice();
    const next = program.tasks.map((task) => stepsThatMayCome(task, state));
    return { view, past: steps.slice(0, i), future: steps.slice(i), next, program, state };
  });
}

/** Conditions about everything that a scenario has, and some that join two of them. */
function conditionsAbout({ tasks, files }: Scenario, program: Program): Condition[] {
  const ofOperations = tasks.flatMap(({ operations }, task) =>
    operations.flatMap((on, operation): Condition[] => {
      const about = (is: 'returned' | 'fast' | 'full'): Condition => ({ kind: 'operation', task, operation, is });
      const syncs = (on.kind === 'fsync' || on.kind === 'fdatasync') && 'file' in on;
      return [about('returned'), ...(syncs ? [about('fast'), about('full')] : [])];
    }),
  );
  const ofSteps = program.tasks.flatMap(({ steps }, task): Condition[] =>
    [...new Set(steps.map(({ step }) => step.name))].map((step) => ({ kind: 'task-at', task, step })),
  );
  const ranges: readonly OperationRange[] = ['all', first, { start: 6000, end: 16384 }];
  const ofFiles = files.flatMap((_, file): Condition[] => [
    { kind: 'needs-full-sync', file },
    ...ranges.flatMap((bytes) =>
      (['modified', 'logged', 'durable'] as const).map((is): Condition => ({ kind: 'range', file, range: bytes, is })),
    ),
  ]);
  const all = [...ofOperations, ...ofSteps, ...ofFiles];
  const joined = all.map((condition, i) => {
    const other = all[(i * 7 + 3) % all.length]!;
    return i % 2 === 0 ? and(condition, not(other)) : or(not(condition), other);
  });
  return [...all, ...joined];
}

describe('the answers agree with a list of all interleavings, one by one', () => {
  test.each([
    ['small scenarios', randomScenario({ files: 2, tasks: 2, operations: 2 }), 150],
    ['scenarios with an fsync and what may disturb it', randomRace(), 150],
    ['scenarios that change names', randomNames(3), 60],
    ['scenarios in which something fails', randomFailure(), 60],
  ])('%s', (_, scenarios, numRuns) => {
    let [compared, reached] = [0, 0];
    const agrees = (scenario: Scenario) => {
      const { interleavings, complete, deadlock } = check(scenario, { limits: { states: 2000 } });
      if (!complete || Number(interleavings.total) > 40 || deadlock !== undefined) return;
      const program = compile(scenario);
      const runs = allRuns(program).map((run) => momentsOf(scenario, program, run));
      const conditions = conditionsAbout(scenario, program);
      const answers = ask(scenario, ...conditions);
      for (const [i, condition] of conditions.entries()) {
        const firsts = runs.map((moments) => moments.findIndex((moment) => holds(condition, moment)));
        const passing = firsts.filter((index) => index >= 0);
        const { interleavings: counted, witness, reached: isReached } = answers[i]!;
        expect({ condition, ...counted, isReached, steps: witness.length }).toEqual({
          condition,
          total: String(runs.length),
          passing: String(passing.length),
          exact: true,
          isReached: passing.length > 0,
          steps: Math.min(...(passing.length > 0 ? passing : [0])),
        });
        if (isReached) reached++;
        compared++;
      }
    };
    fc.assert(fc.property(scenarios, agrees), { seed: 1, numRuns });
    expect(compared).toBeGreaterThan(500);
    expect(reached).toBeGreaterThan(compared / 4);
  });
});
