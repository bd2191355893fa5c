import type { KernelRules } from '../kernel-rules.ts';
import type { LogRoot } from './log-root.ts';
import type { MountOptions } from './storage.ts';
import type { SuperErrors } from './super-errors.ts';
import type { Transaction } from './transaction.ts';

/** What the files of a file system share (struct super_block, struct btrfs_fs_info and the subvolume's root). */
export interface FileSystem {
  readonly rules: KernelRules;
  readonly guards: Readonly<Record<string, boolean>>;
  readonly mount: MountOptions;
  readonly transaction: Transaction;
  readonly log: LogRoot;
  readonly superErrors: SuperErrors;
}
