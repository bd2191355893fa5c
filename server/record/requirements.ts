import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { NotRecordable } from './workload.ts';

/** What recording needs to know of the machine. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  /** Effective user id; 0 is root. */
  readonly user: number | undefined;
  /** Can this program be run? */
  readonly hasProgram: (name: string) => boolean;
  /** /proc/filesystems. */
  readonly fileSystems: string;
  /** There is /dev/loop-control. */
  readonly hasLoopDevices: boolean;
}

/** Debian packages with the programs that recording runs. */
const programs: Readonly<Record<string, string>> = {
  python3: 'python3',
  'mkfs.btrfs': 'btrfs-progs',
};

/** Why nothing can be recorded on a machine, and what to do; undefined when something can. */
export function whyNotHere(machine: MachineFacts): string | undefined {
  if (machine.platform !== 'linux') return 'recording needs a running btrfs: do it on Linux';
  if (machine.user !== 0) return 'recording mounts file systems: run it as root, for example with sudo';
  for (const [program, packageName] of Object.entries(programs)) {
    if (!machine.hasProgram(program)) return `recording needs ${program}: install it (apt install ${packageName})`;
  }
  if (!/^\s*btrfs$/m.test(machine.fileSystems)) {
    return 'this kernel has no btrfs: load it with `modprobe btrfs`, or boot a kernel that has it';
  }
  if (!machine.hasLoopDevices) return 'there are no loop devices: load them with `modprobe loop`';
  return undefined;
}

/** Throws a NotRecordable when `items` are asked for, but not the program that reads them is there. */
export function requireItemsReader(machine: MachineFacts): void {
  if (!machine.hasProgram('btrfs')) {
    throw new NotRecordable('the items of log trees need btrfs: install it (apt install btrfs-progs)');
  }
}

/** The machine that this process runs on. */
export function thisMachine(): MachineFacts {
  return {
    platform: process.platform,
    user: process.geteuid?.(),
    hasProgram: (name) =>
      (process.env['PATH'] ?? '').split(delimiter).some((folder) => can(join(folder, name), constants.X_OK)),
    fileSystems: process.platform === 'linux' ? readFileSync('/proc/filesystems', 'utf8') : '',
    hasLoopDevices: can('/dev/loop-control', constants.W_OK),
  };
}

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
