import { formatDirectory, formatName, formatOffset, formatRange } from '../format.ts';
import { compile, type ProfileOverrides, type Program } from '../program.ts';
import type { Operation, Scenario } from '../scenario.ts';
import type { Trace, TraceStep } from '../trace.ts';
import type { Actor, WitnessStep } from '../verdict.ts';
import { describeChanges } from './changes.ts';
import { Runner } from './runner.ts';
import { checkSchedule } from './schedule.ts';
import { VersionNames } from './versions.ts';
import { viewState } from './view.ts';

/** Replays a witness (or any other sequence of steps that can run) and records every state. */
export function traceWitness(
  scenario: Scenario,
  steps: readonly WitnessStep[],
  overrides: ProfileOverrides = {},
): Trace {
  const program = compile(scenario, overrides);
  const runner = new Runner(program);
  const names = new VersionNames(program);
  const initial = viewState(program, runner.state, names);
  let previous = initial;
  const traced = steps.map((step): TraceStep => {
    const thread = runner.threadOf(step);
    const says = runner.says(thread);
    const before = runner.state.slice();
    const { actor } = runner.follow(step);
    names.note(before, runner.state, actor);
    const state = viewState(program, runner.state, names);
    const changes = describeChanges(previous, state);
    previous = state;
    return {
      actor,
      step: step.step,
      task: actor.kind === 'task' ? scenario.tasks[actor.task]!.name : 'endio',
      operation: nameOf(scenario, actor),
      changes: says === undefined ? changes : [says, ...changes],
      state,
    };
  });
  return {
    version: 1,
    scenario: scenario.name,
    kernel: program.profile.release,
    tasks: scenario.tasks.map(({ name }) => name),
    initial,
    steps: traced,
  };
}

/** Replays explicit interleaving number `index`, as far as it can be run. */
export function traceSchedule(scenario: Scenario, index: number, overrides: ProfileOverrides = {}): Trace {
  return traceWitness(scenario, checkSchedule(scenario, index, overrides).steps, overrides);
}

/** Some complete interleaving: the tasks one after the other as far as they can go, completions as soon as they can. */
export function firstInterleaving(scenario: Scenario, overrides: ProfileOverrides = {}): WitnessStep[] {
  const program: Program = compile(scenario, overrides);
  const runner = new Runner(program);
  const steps: WitnessStep[] = [];
  for (;;) {
    const thread = [...program.tasks, ...runner.openCompletions()].find((candidate) => runner.canStep(candidate));
    if (thread === undefined) return steps;
    steps.push(runner.step(thread));
  }
}

/** The operation as the language writes it, without its task. */
function nameOf(scenario: Scenario, actor: Actor): string {
  const { files, tasks } = scenario;
  if (actor.kind === 'endio') return `endio ${files[actor.file]!.name} ${formatRange(actor.range)}`;
  return formatOperation(scenario, tasks[actor.task]!.operations[actor.operation]!);
}

function formatOperation(scenario: Scenario, operation: Operation): string {
  const { files, tasks, namespace } = scenario;
  if ('name' in operation && namespace !== undefined) {
    const to = 'to' in operation ? ` to ${formatName(scenario, operation.to)}` : '';
    return `${operation.kind} ${formatName(scenario, operation.name)}${to}`;
  }
  if ('directory' in operation) return `${operation.kind} ${formatDirectory(scenario, operation.directory)}`;
  if (operation.kind === 'fault') {
    const { task, operation: index, step } = operation.on;
    const { name, operations } = tasks[task]!;
    return `fault ${operation.failure} on ${name}.${operations[index]!.kind}${step === undefined ? '' : `@${step}`}`;
  }
  if (!('file' in operation)) return operation.kind;
  const { name } = files[operation.file]!;
  if (operation.kind === 'truncate') return `truncate ${name} ${formatOffset(operation.size)}`;
  if (operation.kind === 'clone') {
    const range = operation.range === 'all' ? 'all' : formatRange(operation.range);
    return `clone ${name} ${range} to ${files[operation.target]!.name} ${formatOffset(operation.offset)}`;
  }
  const range = operation.range === 'all' ? '' : ` ${formatRange(operation.range)}`;
  const keepSize = 'keepSize' in operation && operation.keepSize ? ' keep-size' : '';
  return `${operation.kind} ${name}${range}${keepSize}`;
}
