import { changingReleases, type KernelProfile } from '../kernels.ts';
import { compile, profileOf } from '../program.ts';
import type { MountOption, Operation, OperationKind, Scenario } from '../scenario.ts';

/** A row of a step table. */
export interface StepDescription {
  readonly name: string;
  /** Locks held, in the kernel's terms; empty for none. */
  readonly locks: string;
  readonly does: string;
  /** The step comes only when something has failed, of this operation or of another one. */
  readonly onlyOnFailure: boolean;
}

/** What a step does, and whether it is a common one, in words. */
export function meaningOf({ onlyOnFailure, does }: StepDescription): string {
  return onlyOnFailure ? `Only on failure. ${does}` : does;
}

type Kind = OperationKind | 'endio';

/** What a scenario says of its kernel. */
type Profile = Pick<Scenario, 'kernel' | 'guards'>;

const knownNames = new Map<Kind, readonly string[]>();
const profiles = changingReleases.map((kernel): Profile => ({ kernel, guards: {} }));

/** Names of the steps that an operation has in any release, each once, in table order. */
export function stepNames(kind: Kind): readonly string[] {
  const names = knownNames.get(kind) ?? [
    ...new Set(
      stepTables(kind, profiles)
        .flat()
        .map(({ name }) => name),
    ),
  ];
  knownNames.set(kind, names);
  return names;
}

/**
 * The different tables of an operation under some profiles. One has the tables of another before it that agrees in every rule
 * and guard that the operation has looked at so far.
 */
export function stepTables(kind: Kind, under: Iterable<Profile>): StepDescription[][] {
  const consulted = new Set<string>();
  const tried: KernelProfile[] = [];
  const tables: StepDescription[][] = [];
  for (const profile of under) {
    const switches = profileOf(profile);
    if (tried.some((other) => [...consulted].every((name) => isOn(other, name) === isOn(switches, name)))) continue;
    tables.push(...tablesOf(kind, profile, (name) => consulted.add(name)));
    tried.push(switches);
  }
  return tables;
}

function isOn({ rules, guards }: KernelProfile, name: string): boolean | undefined {
  return guards[name] ?? (rules as Readonly<Record<string, boolean>>)[name];
}

/** What can be different about a scenario so that operations take other steps. */
interface Variant {
  readonly mount: readonly MountOption[];
  readonly size: number;
  /** The second file has no checksums, other than the first. */
  readonly mixed?: boolean;
  /** A super block may not be written: where that can happen, every other failure can. */
  readonly fails?: boolean;
}

/** The one that fails comes last: the steps that it adds are there only on failure. */
const variants: readonly Variant[] = [
  { mount: [], size: 4096 },
  { mount: [], size: 1024 },
  { mount: ['notreelog', 'flushoncommit'], size: 4096 },
  { mount: ['nodatacow'], size: 4096 },
  { mount: [], size: 4096, fails: true },
];

/** What makes a difference to some operations only. */
const ownVariants: Readonly<Partial<Record<Kind, Variant>>> = {
  'direct-write': { mount: ['nodatacow'], size: 4096, fails: true },
  clone: { mount: [], size: 4096, mixed: true },
};

/**
 * The steps of an operation in a release, in table order: of an fsync, those that only a directory takes come last, and of
 * a clone those within one file.
 */
export function stepTable(kind: Kind, kernel: string): StepDescription[] {
  const table: StepDescription[] = [];
  for (const steps of tablesOf(kind, { kernel, guards: {} })) {
    const isKnown = ({ name, onlyOnFailure }: StepDescription) =>
      table.some((known) => known.name === name && (onlyOnFailure || !known.onlyOnFailure));
    table.push(...steps.filter((step) => !isKnown(step)));
  }
  return table;
}

/** The tables under one profile, one for each thing that the operation can be about. `noteSwitch` is told of each rule and guard that they depend on. */
function tablesOf(kind: Kind, profile: Profile, noteSwitch?: (name: string) => void): StepDescription[][] {
  return samples(kind).map((operation) => stepsOf(kind, operation, profile, noteSwitch));
}

/** The steps of all variants: where one has steps that others lack, they follow what they follow there. */
function stepsOf(
  kind: Kind,
  operation: Operation,
  profile: Profile,
  noteSwitch?: (name: string) => void,
): StepDescription[] {
  const table: StepDescription[] = [];
  const own = ownVariants[kind];
  for (const variant of own === undefined ? variants : [...variants, own]) {
    let behind = 0;
    for (const step of variantOf(kind, operation, variant, profile, noteSwitch)) {
      const same = table.findIndex((known, i) => i >= behind && known.name === step.name && known.does === step.does);
      if (same < 0) table.splice(behind, 0, step);
      behind = same < 0 ? behind + 1 : same + 1;
    }
  }
  return table;
}

/** The steps, read off a scenario that has just this operation and, where something fails, a commit. */
function variantOf(
  kind: Kind,
  operation: Operation,
  { mount, size, mixed = false, fails = false }: Variant,
  profile: Profile,
  noteSwitch?: (name: string) => void,
): StepDescription[] {
  const failure: readonly Operation[] = [
    { kind: 'commit' },
    { kind: 'fault', failure: 'io', on: { task: 0, operation: 1, step: 'write_super' } },
  ];
  const scenario: Scenario = {
    name: '',
    ...profile,
    mount,
    files: [
      { name: 'F', size, data: [], needsFullSync: false },
      { name: 'G', size, data: [], needsFullSync: false, nodatacow: mixed },
    ],
    namespace: {
      directories: ['D'],
      names: [
        { directory: 2, name: 'F' },
        { directory: 2, name: 'N' },
      ],
      links: [{ name: 0, node: 0 }],
    },
    tasks: [{ name: 'task', operations: [operation, ...(fails ? failure : [])] }],
    orders: [],
    schedules: [],
    expect: [],
    bounds: {},
  };
  const program = compile(scenario, {}, { noteSwitch });
  const { steps } = kind === 'endio' ? program.completions[0]![0]! : program.tasks[0]!;
  return steps
    .filter((placed) => placed.operation === 0)
    .map(({ step: { name, locks, does, onlyOnFailure = fails } }) => ({ name, locks, does, onlyOnFailure }));
}

/** Some operations of the kind; a completion is read off the file of a write. */
function samples(kind: Kind): Operation[] {
  switch (kind) {
    case 'sync':
    case 'commit':
      return [{ kind }];
    case 'truncate':
      return [{ kind, file: 0, size: 0 }];
    case 'fallocate':
    case 'zero-range':
      return [{ kind, file: 0, range: 'all', keepSize: false }];
    case 'create':
      return [{ kind, node: 0, name: 0 }];
    case 'mkdir':
      return [{ kind, node: 3, name: 1 }];
    case 'link':
    case 'rename':
      return [{ kind, name: 0, to: 1 }];
    case 'unlink':
      return [{ kind, name: 0 }];
    case 'fsync':
    case 'fdatasync':
      return [
        { kind, file: 0, range: 'all' },
        { kind, directory: 2 },
      ];
    case 'fault':
      return [{ kind, failure: 'enomem', on: { task: 0, operation: 0 } }];
    case 'clone':
      return [1, 0].map((target) => ({ kind, file: 0, range: 'all', target, offset: 0 }));
    case 'endio':
      return [{ kind: 'write', file: 0, range: 'all' }];
    default:
      return [{ kind, file: 0, range: 'all' }];
  }
}
