import type { Guard } from './guard.ts';
import { lostExtentMaps } from './lost-extent-maps.ts';
import { sizesAndHoles } from './sizes-and-holes.ts';
import { skippedFsync } from './skipped-fsync.ts';
import { unreleased } from './unreleased.ts';

/** The guard catalogue, in the order of docs/catalogue.md: fixes of btrfs by what they are about, then unreleased ones. */
export const guards: readonly Guard[] = [...lostExtentMaps, ...skippedFsync, ...sizesAndHoles, ...unreleased];

/** The guard of that name, or undefined. */
export function findGuard(name: string): Guard | undefined {
  return guards.find((guard) => guard.name === name);
}
