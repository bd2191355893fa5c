import { changeLimits, isRangedSync } from './change-limits.ts';
import { namePromise } from './durability/name-promises.ts';
import { FilePromise, syncPromise } from './durability/promises.ts';
import { Faults, logWritesCanFail, superWritesCanFail } from './faults.ts';
import { FsyncWays } from './fsync-ways.ts';
import { initialState } from './initial-state.ts';
import { type KernelProfile, kernelProfile } from './kernels.ts';
import { logLimits } from './log-limits.ts';
import type { FileSystem } from './model/file-system.ts';
import { Inode } from './model/inode.ts';
import { LogRoot } from './model/log-root.ts';
import type { Machine } from './model/machine.ts';
import { Namespace } from './model/namespace.ts';
import { SharedExtents } from './model/shared-extents.ts';
import { mountOptions, storageOf } from './model/storage.ts';
import { SuperErrors } from './model/super-errors.ts';
import { Transaction } from './model/transaction.ts';
import { finishOrderedIo } from './operations/finish-ordered-io.ts';
import { Registers } from './operations/registers.ts';
import { isSync, operationSteps } from './operations/table.ts';
import { addGates, Starters } from './orders.ts';
import type { Operation, Scenario } from './scenario.ts';
import { cutSegments } from './segments.ts';
import { sharingFiles } from './shared-files.ts';
import { type AccessRecord, Layout, type State } from './state/layout.ts';
import { CompletionThread, placeSteps, TaskThread } from './thread.ts';
import type { OperationReference } from './verdict.ts';

/** A scenario compiled for one kernel profile: threads of steps over one state layout. */
export interface Program {
  readonly scenario: Scenario;
  readonly profile: KernelProfile;
  readonly machine: Machine;
  readonly layout: Layout;
  readonly initial: State;
  readonly tasks: readonly TaskThread[];
  /** Per file, per segment: the completion of the ordered extent that begins there. */
  readonly completions: readonly (readonly CompletionThread[])[];
  /** Per file. */
  readonly promises: readonly FilePromise[];
  readonly ways: FsyncWays;
  /** The sync operations, in the order of their numbers, which count from 1. */
  readonly syncs: readonly OperationReference[];
}

/** What may be changed about a scenario without writing it anew. */
export interface ProfileOverrides {
  readonly kernel?: string | undefined;
  readonly guards?: Readonly<Record<string, boolean>> | undefined;
}

interface CompileOptions {
  /** Is told of each guard and each rule of the kernel that is looked at. */
  readonly noteSwitch?: ((name: string) => void) | undefined;
  /** Keep the file-extent items of every tree one by one. It makes states larger. */
  readonly tracksItems?: boolean;
  /** Keep what the questions of the scenario ask of the past. It makes states larger, and more of them. */
  readonly answersQuestions?: boolean;
  /** Is told of every access to the states. */
  readonly record?: AccessRecord | undefined;
}

/** The profile that a scenario runs under: its kernel's, with its guards, and the overrides over both. */
export function profileOf(
  scenario: Pick<Scenario, 'kernel' | 'guards'>,
  overrides: ProfileOverrides = {},
): KernelProfile {
  const profile = kernelProfile(overrides.kernel ?? scenario.kernel);
  return { ...profile, guards: { ...profile.guards, ...scenario.guards, ...overrides.guards } };
}

/** Compiles a scenario. Throws `TooManySegments`. */
export function compile(
  scenario: Scenario,
  overrides: ProfileOverrides = {},
  { noteSwitch, tracksItems = false, answersQuestions = false, record }: CompileOptions = {},
): Program {
  const profile = profileOf(scenario, overrides);
  const layout = new Layout(record);
  const switches = noteSwitch === undefined ? profile : watched(profile, noteSwitch);
  const machine = buildMachine(scenario, switches, layout, tracksItems);
  const syncs = syncOperations(scenario);
  const promises = machine.inodes.map(
    ({ index, segments }) =>
      new FilePromise(layout.as('judged'), segments.count, machine.names?.count ?? 0, {
        ...changeLimits(scenario, index),
        syncs: syncs.length,
        ranged: syncs.flatMap((sync, i) => {
          const operation = operationAt(scenario, sync);
          return isRangedSync(operation) && operation.file === index ? [i + 1] : [];
        }),
      }),
  );
  for (const [file, { names }] of promises.entries()) machine.names?.follow(file, names);
  const completions = machine.inodes.map((inode) =>
    Array.from({ length: inode.segments.count }, (_, start) => {
      const steps = placeSteps([finishOrderedIo(machine, inode, start)]);
      return new CompletionThread(inode.index, start, inode.orderedExtents.position[start]!, steps);
    }),
  );
  const completionSteps = new Set(completions[0]?.[0]?.steps.map(({ step }) => step.name));
  const starters = new Starters(scenario.orders, (step) => completionSteps.has(step), machine, layout);
  const faults = new Faults(scenario, layout);
  const ways = new FsyncWays(answersQuestions ? (scenario.questions ?? []) : [], layout);
  const tasks = scenario.tasks.map(({ operations }, task) => {
    const registers = new Registers(layout);
    const steps = placeSteps(
      operations.map((operation, index) =>
        operationSteps(
          {
            machine,
            task,
            registers,
            promise: promiseOf(operation, task, index, registers),
            segments: Math.max(...machine.inodes.map((inode) => inode.segments.count), 0),
            fails: faults.of(task, index),
            inForce: faults.inForce(task, index),
            way: ways.of({ task, operation: index }),
            started: starters.of({ task, operation: index }),
          },
          operation,
        ),
      ),
    );
    return new TaskThread(task, layout.field(steps.length, 'control'), steps, (state) => registers.reset(state));
  });
  addGates(scenario.orders, tasks, completions.flat(), starters);
  waitForCreation(scenario, machine, tasks);
  const initial = initialState(scenario.files, scenario.namespace, machine, promises, layout);
  return { scenario, profile, machine, layout, initial, tasks, completions, promises, ways, syncs };

  function promiseOf(operation: Operation, task: number, index: number, registers: Registers) {
    const number = syncs.findIndex((sync) => sync.task === task && sync.operation === index) + 1;
    const { names, inodes } = machine;
    const directory = 'directory' in operation ? operation.directory : undefined;
    const files = inodes
      .filter(({ index: file }) => number > 0 && (!('file' in operation) || operation.file === file))
      .map((inode) => ({
        inode,
        promise: promises[inode.index]!,
        limits: changeLimits(scenario, inode.index),
        range: isRangedSync(operation) ? operation.range : ('all' as const),
      }));
    // A directory's fsync promises that files exist, not what is in them.
    const content = syncPromise(number, directory === undefined ? files : [], registers, names);
    if (names === undefined) return content;
    const named = files.map(({ inode, promise }) => ({ file: inode.index, promise }));
    const existence = namePromise(number, names, named, registers, directory);
    return {
      call(state: State) {
        content.call(state);
        existence.call(state);
      },
      fulfil(state: State) {
        content.fulfil(state);
        existence.fulfil(state);
      },
    };
  }
}

/** An operation on a file that does not exist yet waits until somebody has created it. */
function waitForCreation(scenario: Scenario, { inodes, names }: Machine, tasks: readonly TaskThread[]): void {
  const linked = new Set(scenario.namespace?.links.map(({ node }) => node));
  if (names === undefined) return;
  for (const thread of tasks) {
    for (const { operation: index, position } of thread.steps) {
      const operation = scenario.tasks[thread.task]!.operations[index]!;
      if (!('file' in operation) || linked.has(operation.file)) continue;
      const { present } = inodes[operation.file]!.tree;
      thread.addGate(position, (state) => present.get(state) === 1);
    }
  }
}

function buildMachine(scenario: Scenario, profile: KernelProfile, layout: Layout, tracksItems: boolean): Machine {
  const segments = cutSegments(scenario);
  const count = (...kinds: Operation['kind'][]) =>
    operationsOf(scenario).filter(({ kind }) => kinds.includes(kind)).length;
  const places = segments.reduce((sum, file) => sum + file.count, 0);
  const mount = mountOptions(scenario);
  const logTransactions = count('fsync', 'fdatasync');
  // Each commit lets one further transaction start; an fsync may commit instead of logging.
  const givesLogUp = scenario.namespace !== undefined || logWritesCanFail(scenario);
  const mayFallBack = givesLogUp || mount.notreelog;
  const transactions = count('commit', 'sync') + (mayFallBack ? logTransactions : 0) + 1;
  const tasks = scenario.tasks.length;
  const common = {
    tasks,
    transactions,
    logTransactions,
    tracksItems,
    remembersLogTransaction: profile.guards['in-log.first-log-transaction'] === true,
    staleHoles: mount.holes && profile.guards['punch.hole-generation'] === false,
  };
  const sharing = sharingFiles(scenario, tracksItems);
  const shared = new SharedExtents([...sharing].reduce((sum, file) => sum + segments[file]!.count, 0));
  let firstCompletion = tasks;
  const limits = segments.map((cut, file) => {
    const changes = changeLimits(scenario, file);
    const diskBlocks = sharing.has(file) ? shared.largest : 0;
    const limitsOfFile = { ...common, ...changes, ...logLimits(profile, changes), firstCompletion, diskBlocks };
    firstCompletion += cut.count;
    return limitsOfFile;
  });
  const mayFail = logWritesCanFail(scenario) || limits.some(({ writeErrors }) => writeErrors);
  const fs: FileSystem = {
    rules: profile.rules,
    guards: profile.guards,
    mount,
    transaction: new Transaction(layout, {
      transactions,
      tasks,
      pendingOrdered: limits.some(({ trackLogged }) => trackLogged) ? places : 0,
      aborts: superWritesCanFail(scenario),
    }),
    log: new LogRoot(layout, {
      logTransactions,
      writers: tasks,
      fullCommits: givesLogUp ? transactions : 0,
      writesFail: logWritesCanFail(scenario),
    }),
    superErrors: new SuperErrors(layout, mayFail && count('sync') > 0 ? tasks : 0),
  };
  const inodes = scenario.files.map(({ name }, file) => {
    const description = {
      fs,
      index: file,
      name,
      segments: segments[file]!,
      storage: storageOf(scenario, file),
      extents: sharing.has(file) ? shared : undefined,
    };
    return new Inode(layout, description, limits[file]!);
  });
  const { namespace } = scenario;
  const ofNames = { ...common, named: true, guessesLastTrans: false };
  return { ...fs, inodes, names: namespace && new Namespace(layout, namespace, inodes, ofNames) };
}

/** The profile, which tells of every rule and guard that is looked at. */
function watched(profile: KernelProfile, noteSwitch: (name: string) => void): KernelProfile {
  const watch = <T extends Readonly<Record<string, boolean>>>(switches: T): T =>
    new Proxy(switches, {
      get(target, name: string) {
        noteSwitch(name);
        return target[name];
      },
    });
  return { ...profile, rules: watch(profile.rules), guards: watch(profile.guards) };
}

function operationsOf(scenario: Scenario): Operation[] {
  return scenario.tasks.flatMap(({ operations }) => operations);
}

function operationAt({ tasks }: Scenario, { task, operation }: OperationReference): Operation {
  return tasks[task]!.operations[operation]!;
}

function syncOperations({ tasks }: Scenario): OperationReference[] {
  return tasks.flatMap(({ operations }, task) =>
    operations.flatMap((operation, index) => (isSync(operation) ? [{ task, operation: index }] : [])),
  );
}
