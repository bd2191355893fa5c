import type { CorpusRecord, RecordedOperation, RecordedOutcome, RecordedState } from '../conform/record.ts';

/** Operations to run on a fresh btrfs, one after the other: a recording without its outcomes. docs/recording.md has the format. */
export interface Workload extends Omit<CorpusRecord, 'kernel' | 'links' | 'ops' | 'outcomes'> {
  /** Further names of files: the existing one, the new one. */
  readonly links?: readonly (readonly [string, string])[];
  readonly ops: readonly WorkloadOperation[];
}

export interface WorkloadOperation extends RecordedOperation {
  readonly to?: string;
  readonly keep_open?: boolean;
}

/** A workload with what was found after a power failure behind each operation: one line of a corpus. */
export interface Recording extends Workload {
  /** `uname -r`. */
  readonly kernel: string;
  /** Version of btrfs-progs. */
  readonly progs: string;
  readonly outcomes: readonly Outcome[];
}

/** What a power failure right after one operation leaves. */
export interface Outcome extends Omit<RecordedOutcome, 'state'> {
  /** The image could not be mounted after the crash. Then there is no `state`. */
  readonly mount_errno?: number;
  /** Warnings and errors of btrfs about that mount, the last ones. */
  readonly kmsg?: readonly string[];
  readonly state?: Readonly<Record<string, FoundFile | null>>;
}

/** What a name leads to after the mount. */
export interface FoundFile extends RecordedState {
  readonly ino: number;
  readonly nlink?: number;
  /** First block, number of blocks, kind: `d` data, `p` prealloc, `i` inline, `c` compressed. */
  readonly ext?: readonly (readonly [number, number, string])[];
}

/** The mount options of a recording that asks for nothing special: no commit but those it makes itself. */
export const plainMount = 'commit=300,nodiscard';

/** A workload, or a machine, that cannot be recorded. The message is one line that says what to do. */
export class NotRecordable extends Error {}
