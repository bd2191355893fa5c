import { replayed, sizeAfterCrash, unreadableAfterCrash, versionAfterCrash } from './durability/after-crash.ts';
import { namesAfterCrash } from './durability/names-after-crash.ts';
import { fastWay, fullWay } from './fsync-ways.ts';
import type { Inode } from './model/inode.ts';
import { keeps } from './model/version.ts';
import type { Program } from './program.ts';
import type { Condition, OperationCondition, RangeCondition } from './scenario.ts';
import { below, lowest } from './state/bits.ts';
import type { State } from './state/layout.ts';

type Predicate = (state: State) => boolean;

/** The condition as a test of states. `program` was compiled to answer the questions of its scenario, this one among them. */
export function compileCondition(program: Program, condition: Condition): Predicate {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const operands = condition.operands.map((operand) => compileCondition(program, operand));
      return condition.kind === 'and'
        ? (state) => operands.every((holds) => holds(state))
        : (state) => operands.some((holds) => holds(state));
    }
    case 'not': {
      const holds = compileCondition(program, condition.operand);
      return (state) => !holds(state);
    }
    case 'operation':
      return isOperation(program, condition);
    case 'task-at':
      return isAt(program, condition.task, condition.step);
    case 'range':
      return isRange(program, condition);
    case 'needs-full-sync': {
      const { needsFullSync } = program.machine.inodes[condition.file]!;
      return (state) => needsFullSync.get(state) === 1;
    }
  }
}

function isOperation({ tasks, ways }: Program, { task, operation, is }: OperationCondition): Predicate {
  const thread = tasks[task]!;
  if (is === 'returned') {
    const behind = thread.steps.find((placed) => placed.operation === operation)!.next;
    return (state) => thread.at(state) >= behind;
  }
  const way = ways.of({ task, operation });
  if (way === undefined) throw new Error('the program was not compiled to answer questions');
  const wanted = is === 'fast' ? fastWay : fullWay;
  return (state) => way.get(state) === wanted;
}

/** A step of the name comes next, whether it can run or has to wait. */
function isAt({ tasks }: Program, task: number, step: string): Predicate {
  const thread = tasks[task]!;
  return (state) => {
    for (let position = thread.next(state); position >= 0; position = thread.without(state, position)) {
      if (thread.steps[position]?.step.name === step) return true;
    }
    return false;
  };
}

function isRange(program: Program, { file, range, is }: RangeCondition): Predicate {
  const inode = program.machine.inodes[file]!;
  const { cuts } = inode.segments;
  const fixed =
    range === 'all'
      ? 0
      : cuts
          .slice(0, -1)
          .reduce((mask, cut, i) => (cut < range.end && cuts[i + 1]! > range.start ? mask | (1 << i) : mask), 0);
  const wanted = range === 'all' ? (state: State) => inode.inside(state) : () => fixed;
  if (is === 'modified') return (state) => (wanted(state) & listed(inode, state)) !== 0;
  // Nothing of the file is behind the last cut in any state.
  if (range !== 'all' && range.end > cuts.at(-1)!) return () => false;
  if (is === 'logged') return (state) => (wanted(state) & ~logged(inode, state)) === 0;
  return (state) =>
    (wanted(state) & ~durable(program, inode, state)) === 0 && (range !== 'all' || keepsSize(program, inode, state));
}

/** Segments of extent maps on the list of modified extents. */
function listed({ extentMaps }: Inode, state: State): number {
  let found = 0;
  for (let rest = extentMaps.modified.get(state); rest !== 0; rest &= rest - 1) {
    found |= extentMaps.from(state, lowest(rest));
  }
  return found;
}

/** Segments with file-extent items in the log tree in memory. */
function logged({ log }: Inode, state: State): number {
  return log.data.get(state) | log.prealloc.get(state) | (log.hole.get(state) & below(log.size.get(state)));
}

/** Segments within i_size that a power failure right here leaves with what they hold now. */
function durable(program: Program, inode: Inode, state: State): number {
  const { log } = program.machine;
  if (!exists(program, inode, state)) return 0;
  let kept = inode.inside(state) & below(sizeAfterCrash(inode, log, state).get(state));
  kept &= ~unreadableAfterCrash(inode, replayed(inode, log, state), state);
  for (let rest = kept; rest !== 0; rest &= rest - 1) {
    const segment = lowest(rest);
    const content = inode.content[segment]!.get(state);
    if (!keeps(versionAfterCrash(inode, log, state, segment), content)) kept &= ~(1 << segment);
  }
  return kept;
}

/** A power failure right here leaves the file, and its i_size as it is now. */
function keepsSize(program: Program, inode: Inode, state: State): boolean {
  const found = sizeAfterCrash(inode, program.machine.log, state).get(state);
  return exists(program, inode, state) && found === inode.size.get(state);
}

/** A power failure right here leaves the file with a name. */
function exists({ machine }: Program, inode: Inode, state: State): boolean {
  return machine.names === undefined || namesAfterCrash(machine, machine.names, state).includes(inode.index);
}
