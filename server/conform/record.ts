/** One line of a recording of a real btrfs under simulated power failures, as far as predictions need it. */
export interface CorpusRecord {
  readonly id: string;
  readonly family: string;
  /** The running kernel, for example `6.18.44-generic`. */
  readonly kernel: string;
  readonly mkfs: readonly string[];
  readonly mount: string;
  /** `warm`: files were made in this mount, so that the first fsync of each is a full one. */
  readonly start: 'cold' | 'warm';
  readonly files: readonly RecordedFile[];
  /** Directories made before, in order, parents first. */
  readonly dirs?: readonly string[];
  /** Links made before: the path that exists, and the new one. */
  readonly links?: readonly (readonly [string, string])[];
  readonly ops: readonly RecordedOperation[];
  readonly outcomes: readonly RecordedOutcome[];
}

export interface RecordedFile {
  readonly name: string;
  readonly size: number;
  /** Runs of written blocks: first block, number of blocks, tag. */
  readonly fill: readonly (readonly [number, number, number])[];
  /** Each run was written and fsynced by itself. */
  readonly split?: boolean;
  /** Runs of blocks that were allocated with their size kept: first block, number of blocks. */
  readonly prealloc?: readonly (readonly [number, number])[];
  /** It was made in a folder that had FS_NOCOW_FL then. */
  readonly nodatacow?: boolean;
}

export interface RecordedOperation {
  readonly op: string;
  /** Path at that moment; `.` is the root directory. */
  readonly file?: string;
  /** The new path of a rename or link, the destination of a clone. */
  readonly to?: string;
  /** Where a clone goes in its destination. */
  readonly to_off?: number;
  readonly off?: number;
  readonly len?: number;
  readonly tag?: number;
  readonly size?: number;
  readonly keep_size?: boolean;
}

export interface RecordedOutcome {
  readonly after: number;
  readonly errno?: number;
  /** Only after `evict`: did the inode leave memory? Null when the kernel does not tell. */
  readonly evicted?: boolean | null;
  /** Commits since the start. */
  readonly gen: number;
  readonly log: boolean;
  /** The items of the log tree, in order, when it was asked for them and there is one. */
  readonly items?: readonly RecordedItem[];
  readonly state: Readonly<Record<string, RecordedState | null>>;
}

/**
 * `I` inode, size. `R` inode, directory, index, name. `E` inode, first block, blocks (bytes of an inline extent), and
 * `d` data, `p` prealloc, `h` hole, `i` inline. Directories have others, and so may the kernel: the name of the key type instead.
 */
export type RecordedItem = readonly [type: string, inode: number, ...rest: (number | string)[]];

export interface RecordedState {
  readonly ino?: number;
  readonly nlink?: number;
  readonly size?: number;
  readonly dir?: boolean;
  /** First block, number of blocks, tag; a block of mixed bytes has offset, length and byte of each run instead. */
  readonly data?: readonly (readonly [number, number, number | readonly (readonly [number, number, number])[]])[];
}

/** Parses a corpus: JSON lines. Throws a SyntaxError that names the line. */
export function parseCorpus(text: string): CorpusRecord[] {
  return text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      const value: unknown = JSON.parse(line);
      if (isRecord(value)) return [value];
    } catch {
      // Reported below, with the line.
    }
    throw new SyntaxError(`line ${i + 1} is not a recording`);
  });
}

function isRecord(value: unknown): value is CorpusRecord {
  if (typeof value !== 'object' || value === null) return false;
  const fields = ['id', 'family', 'kernel', 'mkfs', 'mount', 'start', 'files', 'ops', 'outcomes'];
  return fields.every((field) => field in value);
}
