import { changingReleases, type KernelProfile, newestRelease } from '../kernels.ts';
import { compile, profileOf } from '../program.ts';
import type { MountOption, Operation, OperationKind, Scenario } from '../scenario.ts';

/** What people read about an operation: hover, completion, `explain`, the language reference. */
export interface OperationDescription {
  readonly kind: OperationKind | 'endio';
  /** How it is written: `fsync F`. */
  readonly synopsis: string;
  readonly summary: string;
  /** Kernel function that does the work. */
  readonly kernelFunction: string;
  /** In table order; names may repeat, and a run takes some of them only. */
  readonly steps: readonly StepDescription[];
}

export interface StepDescription {
  readonly name: string;
  /** Locks held, in the kernel's terms; empty for none. */
  readonly locks: string;
  readonly does: string;
}

/** What a scenario says of its kernel. */
type Profile = Pick<Scenario, 'kernel' | 'guards'>;

const texts: Readonly<Record<OperationKind | 'endio', Omit<OperationDescription, 'kind' | 'steps'>>> = {
  write: {
    synopsis: 'write F R',
    summary: 'A buffered write: the data is in the page cache, and nothing else has changed but i_size.',
    kernelFunction: 'btrfs_buffered_write',
  },
  'mmap-write': {
    synopsis: 'mmap-write F R',
    summary: 'A store through a shared mapping: as a write, but without the inode lock, and only within i_size.',
    kernelFunction: 'btrfs_page_mkwrite',
  },
  'direct-write': {
    synopsis: 'direct-write F R',
    summary:
      'An O_DIRECT write. It returns when the blocks are on the device; only a sync makes them part of the file for good.',
    kernelFunction: 'btrfs_direct_write',
  },
  read: {
    synopsis: 'read F R',
    summary:
      'Brings pages into memory, and extent maps into the tree. A map that was dropped comes back, but on no list.',
    kernelFunction: 'btrfs_get_extent',
  },
  writeback: {
    synopsis: 'writeback F [R]',
    summary:
      'A flusher writes the dirty pages of the range. It ends with the submission; the ordered extents complete on their own.',
    kernelFunction: 'btrfs_writepages',
  },
  releasepage: {
    synopsis: 'releasepage F [R]',
    summary: 'Memory reclaim releases the clean pages of the range, and may drop extent maps with them.',
    kernelFunction: 'btrfs_releasepage',
  },
  fsync: {
    synopsis: 'fsync F [R]',
    summary:
      'Makes the file as it is at the call durable by way of the log tree; of a range (msync) that range and the size it needs.',
    kernelFunction: 'btrfs_sync_file',
  },
  fdatasync: {
    synopsis: 'fdatasync F [R]',
    summary: 'The same as fsync: btrfs ignores the difference.',
    kernelFunction: 'btrfs_sync_file',
  },
  truncate: {
    synopsis: 'truncate F S',
    summary: 'Changes the size of the file. What is cut off reads as zeros should the file grow again.',
    kernelFunction: 'btrfs_setsize',
  },
  punch: {
    synopsis: 'punch F R',
    summary: 'Makes a hole: whole blocks lose their extents, parts of blocks are zeroed in the page cache.',
    kernelFunction: 'btrfs_punch_hole',
  },
  fallocate: {
    synopsis: 'fallocate F R [keep-size]',
    summary: 'Allocates blocks for the holes of the range; they read as zeros.',
    kernelFunction: 'btrfs_fallocate',
  },
  'zero-range': {
    synopsis: 'zero-range F R [keep-size]',
    summary:
      'Makes the range read as zeros: whole blocks become preallocated, parts of blocks are zeroed in the page cache.',
    kernelFunction: 'btrfs_zero_range',
  },
  clone: {
    synopsis: 'clone F R to G S',
    summary: 'FICLONERANGE: from S on, G gets the content of F without a copy; both point to the same blocks.',
    kernelFunction: 'btrfs_remap_file_range',
  },
  close: {
    synopsis: 'close F',
    summary: 'Closes the file. Only one that was truncated to nothing is flushed.',
    kernelFunction: 'btrfs_release_file',
  },
  evict: {
    synopsis: 'evict F',
    summary: 'The inode leaves memory, unless it is in use, and comes back from the subvolume tree at the next access.',
    kernelFunction: 'btrfs_evict_inode',
  },
  create: {
    synopsis: 'create F',
    summary:
      'Makes a file that does not exist yet. Nothing is durable by that: its first fsync logs the file and its name.',
    kernelFunction: 'btrfs_create',
  },
  mkdir: {
    synopsis: 'mkdir D',
    summary: 'Makes a directory. The fsync of a file in it makes it durable, too.',
    kernelFunction: 'btrfs_mkdir',
  },
  link: {
    synopsis: 'link F to N',
    summary: 'Gives the file a further name.',
    kernelFunction: 'btrfs_link',
  },
  rename: {
    synopsis: 'rename F to N',
    summary: 'Gives the file or directory another name, which whatever had it before loses.',
    kernelFunction: 'btrfs_rename',
  },
  unlink: {
    synopsis: 'unlink F',
    summary:
      'Removes a name; that of a directory only when it is empty. An open file without a name can still be written and read.',
    kernelFunction: 'btrfs_unlink',
  },
  fault: {
    synopsis: 'fault enomem|io on T.op[@STEP]',
    summary: 'From here on a step of another operation fails; without one, nothing ever does.',
    kernelFunction: 'should_fail',
  },
  sync: {
    synopsis: 'sync',
    summary: 'syncfs: writes all dirty data, waits for it, and commits the running transaction.',
    kernelFunction: 'btrfs_sync_fs',
  },
  commit: {
    synopsis: 'commit',
    summary: 'The periodic transaction commit. It flushes no data, and does nothing when no transaction runs.',
    kernelFunction: 'btrfs_commit_transaction',
  },
  endio: {
    synopsis: 'endio: F R',
    summary:
      'The completion of an ordered extent: the end of its IO, then the work that puts it into the subvolume tree.',
    kernelFunction: 'btrfs_finish_ordered_io',
  },
};

/** Every operation of the model, completions last. */
export const operationKinds = Object.keys(texts) as readonly (OperationKind | 'endio')[];

/** Describes an operation with its step table in a given release (the newest by default). */
export function describeOperation(kind: OperationKind | 'endio', kernel: string = newestRelease): OperationDescription {
  return { kind, ...texts[kind], steps: stepTable(kind, kernel) };
}

const knownNames = new Map<OperationKind | 'endio', readonly string[]>();
const profiles = changingReleases.map((kernel): Profile => ({ kernel, guards: {} }));

/** Names of the steps that an operation has in any release, each once, in table order. */
export function stepNames(kind: OperationKind | 'endio'): readonly string[] {
  const names = knownNames.get(kind) ?? [...new Set(stepTables(kind, profiles).flatMap(namesOf))];
  knownNames.set(kind, names);
  return names;
}

function namesOf(table: readonly StepDescription[]): string[] {
  return table.map(({ name }) => name);
}

/**
 * The different tables of an operation under some profiles. One has the tables of another before it that agrees in every rule
 * and guard that the operation has looked at so far.
 */
export function stepTables(kind: OperationKind | 'endio', under: Iterable<Profile>): StepDescription[][] {
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

/** What can be different about a file and a mount so that operations take other steps. */
const variants: readonly { readonly mount: readonly MountOption[]; readonly size: number }[] = [
  { mount: [], size: 4096 },
  { mount: [], size: 1024 },
  { mount: ['notreelog', 'flushoncommit'], size: 4096 },
  { mount: ['nodatacow'], size: 4096 },
];

/** The table; of an fsync, the steps that only a directory takes come last. */
function stepTable(kind: OperationKind | 'endio', kernel: string): StepDescription[] {
  const table: StepDescription[] = [];
  for (const steps of tablesOf(kind, { kernel, guards: {} })) {
    const known = new Set(namesOf(table));
    table.push(...steps.filter(({ name }) => !known.has(name)));
  }
  return table;
}

/** The tables under one profile: more than one for an fsync, that of a directory last. */
function tablesOf(
  kind: OperationKind | 'endio',
  profile: Profile,
  noteSwitch?: (name: string) => void,
): StepDescription[][] {
  return samples(kind).map((operation) => stepsOf(kind, operation, profile, noteSwitch));
}

/** The steps of all variants: where one has steps that others lack, they follow what they follow there. */
function stepsOf(
  kind: OperationKind | 'endio',
  operation: Operation,
  profile: Profile,
  noteSwitch?: (name: string) => void,
): StepDescription[] {
  const [first = [], ...others] = variants.map((variant) => variantOf(kind, operation, profile, variant, noteSwitch));
  for (const table of others) {
    let behind = 0;
    for (const step of table) {
      const same = first.findIndex((known, i) => i >= behind && known.name === step.name && known.does === step.does);
      if (same < 0) first.splice(behind, 0, step);
      behind = same < 0 ? behind + 1 : same + 1;
    }
  }
  return first;
}

/** The steps, read off a scenario that has just this operation. */
function variantOf(
  kind: OperationKind | 'endio',
  operation: Operation,
  profile: Profile,
  { mount, size }: (typeof variants)[number],
  noteSwitch?: (name: string) => void,
): StepDescription[] {
  const scenario: Scenario = {
    name: '',
    ...profile,
    mount,
    files: ['F', 'G'].map((name) => ({ name, size, data: [], needsFullSync: false })),
    namespace: {
      directories: ['D'],
      names: [
        { directory: 2, name: 'F' },
        { directory: 2, name: 'N' },
      ],
      links: [{ name: 0, node: 0 }],
    },
    tasks: [{ name: 'task', operations: [operation] }],
    orders: [],
    schedules: [],
    expect: [],
    bounds: {},
  };
  const program = compile(scenario, {}, { noteSwitch });
  const thread = kind === 'endio' ? program.completions[0]![0]! : program.tasks[0]!;
  return thread.steps.map(({ step: { name, locks, does } }) => ({ name, locks, does }));
}

/** Some operations of the kind; a completion is read off the file of a write. */
function samples(kind: OperationKind | 'endio'): Operation[] {
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
      return [{ kind, file: 0, range: 'all', target: 1, offset: 0 }];
    case 'endio':
      return [{ kind: 'write', file: 0, range: 'all' }];
    default:
      return [{ kind, file: 0, range: 'all' }];
  }
}
