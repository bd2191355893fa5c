import type { Guard } from './guard.ts';
import { loggedTooEarly } from './logged-too-early.ts';
import { lostExtentMaps } from './lost-extent-maps.ts';
import { sizesAndHoles } from './sizes-and-holes.ts';
import { unreleased } from './unreleased.ts';

/** The guard catalogue, by entry: fixes of btrfs by what they are about, then unreleased ones. */
export const guards: readonly Guard[] = [...lostExtentMaps, ...loggedTooEarly, ...sizesAndHoles, ...unreleased].sort(
  (a, b) => a.entry.localeCompare(b.entry, 'en', { numeric: true }),
);

/** The guard of that name, or undefined. */
export function findGuard(name: string): Guard | undefined {
  return guards.find((guard) => guard.name === name);
}
