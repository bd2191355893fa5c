import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In memory where that is possible: a recording writes and copies whole images. */
const parents = ['/dev/shm', tmpdir()];

/**
 * Every name tells whose the folder is, from the moment it exists: process id, start time, the namespace in which
 * that is the process id, and a random part.
 */
const folderName = /\bfsrace-record-(\d+)-(\d+)-(\d+)-\w+\b/;

/** Makes the folder that holds all images of one run of this process. */
export function makeRecordingFolder(): string {
  const parent = parents.find(existsSync) ?? tmpdir();
  const owner = [process.pid, startTimeOf(process.pid), processNamespace()].join('-');
  return mkdtempSync(join(parent, `fsrace-record-${owner}-`));
}

/** Deletes the folder of a run that has unmounted everything. */
export function removeRecordingFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Removes what runs that were killed have left: mounts, loop devices and folders. Folders of processes that
 * are still there are left alone.
 */
export function removeAbandonedFolders(): void {
  for (const device of abandonedLoopDevices()) spawnSync('losetup', ['--detach', device]);
  for (const parent of parents.filter(existsSync)) {
    for (const name of readdirSync(parent).filter(isAbandoned)) clearAway(join(parent, name));
  }
}

/** Is this the name of an abandoned folder, or a path with one in it? */
function isAbandoned(path: string): boolean {
  const [, process, startTime, namespace] = folderName.exec(path) ?? [];
  // Containers may share /dev/shm, but not their processes.
  return process !== undefined && namespace === processNamespace() && startTimeOf(Number(process)) !== startTime;
}

/** Number of the namespace that process ids are of. */
function processNamespace(): string | undefined {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0];
}

/** When a process started, in ticks since boot: field 22 of /proc/PID/stat. Undefined when it has ended, awaited or not. */
function startTimeOf(process: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may hold anything. The third is the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function clearAway(folder: string): void {
  for (const point of mountsIn(folder)) spawnSync('umount', ['--lazy', point]);
  // What cannot be unmounted stays: deleting would go on below it.
  if (mountsIn(folder).length > 0) return;
  removeTraceInstance(folder);
  removeRecordingFolder(folder);
}

/** Mount points in a folder, the innermost first. */
function mountsIn(folder: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${folder}/`))
    .reverse();
}

/**
 * Loop devices over files of abandoned folders. Of a mount namespace that is gone, the kernel shows paths without
 * what they began with; and a file may be gone before its device.
 */
function abandonedLoopDevices(): string[] {
  if (!existsSync('/sys/block')) return [];
  return readdirSync('/sys/block')
    .filter((name) => name.startsWith('loop') && isAbandoned(backingFile(name)))
    .map((name) => `/dev/${name}`);
}

function backingFile(device: string): string {
  try {
    return readFileSync(`/sys/block/${device}/loop/backing_file`, 'utf8');
  } catch {
    return ''; // not attached
  }
}

/** The trace instance of a run that was killed while it looked at an eviction; it is called like the folder. */
function removeTraceInstance(folder: string): void {
  const instance = join('/sys/kernel/tracing/instances', folder.slice(folder.lastIndexOf('/') + 1));
  if (existsSync(instance)) spawnSync('rmdir', [instance]);
}
