import type { Guard } from './guard.ts';
import { ignoredErrors } from './ignored-errors.ts';
import { loggedTooEarly } from './logged-too-early.ts';
import { lostExtentMaps } from './lost-extent-maps.ts';
import { rangedFsync } from './ranged-fsync.ts';
import { sizesAndHoles } from './sizes-and-holes.ts';
import { skippedFsync } from './skipped-fsync.ts';
import { unreleased } from './unreleased.ts';

/** The guard catalogue, by entry: fixes of btrfs by what they are about, then unreleased ones. */
export const guards: readonly Guard[] = [
  ...lostExtentMaps,
  ...skippedFsync,
  ...loggedTooEarly,
  ...rangedFsync,
  ...sizesAndHoles,
  ...ignoredErrors,
  ...unreleased,
].sort((a, b) => a.entry.localeCompare(b.entry, 'en', { numeric: true }));

/** The guard of that name, or undefined. */
export function findGuard(name: string): Guard | undefined {
  return guards.find((guard) => guard.name === name);
}
