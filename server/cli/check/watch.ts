import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Misuse } from '../exit-codes.ts';
import { whyUnusable } from '../source-file.ts';

/** Editors write a file in several steps; a change counts when nothing has followed it for so long. */
const settleMilliseconds = 100;

/** Runs `check` now, and again after each change at the paths, one run at a time; never ends. Throws a Misuse. */
export async function watchPaths(paths: readonly string[], check: () => Promise<void>): Promise<never> {
  let changed = () => {};
  const watchers = paths.map((path) => watchPath(path, () => changed()));
  try {
    for (;;) {
      const change = new Promise<void>((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        changed = () => {
          clearTimeout(timer);
          timer = setTimeout(resolve, settleMilliseconds);
        };
      });
      await check();
      await change;
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

/** A file is watched by way of its folder, for editors replace files. */
function watchPath(path: string, onChange: () => void): FSWatcher {
  try {
    if (statSync(path).isDirectory()) return watch(path, { recursive: true }, onChange);
    return watch(dirname(path), (_, name) => {
      if (name === basename(path)) onChange();
    });
  } catch (error) {
    throw new Misuse(`cannot watch ${path}: ${whyUnusable(error)}`);
  }
}
