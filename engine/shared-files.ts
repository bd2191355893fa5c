import { storageOf } from './model/storage.ts';
import type { Scenario } from './scenario.ts';

/**
 * The files that may share extents which others overwrite in place: those that clones connect with a file without COW.
 * A clone between a file with checksums and one without is refused. Where items are kept one by one (`tracksItems`), which
 * extents are shared shows in them, so that all clones count.
 */
export function sharingFiles(
  scenario: Pick<Scenario, 'mount' | 'files' | 'tasks'>,
  tracksItems: boolean,
): ReadonlySet<number> {
  const clones = scenario.tasks.flatMap(({ operations }) => operations).filter(({ kind }) => kind === 'clone');
  const pairs = clones.flatMap((operation) =>
    operation.kind === 'clone' ? [[operation.file, operation.target] as const] : [],
  );
  const storage = scenario.files.map((_, file) => storageOf(scenario, file));
  const sharing = new Set(pairs.flat().filter((file) => tracksItems || !storage[file]!.cow));
  for (const _ of pairs) {
    for (const [one, other] of pairs) {
      if (storage[one]!.checksums !== storage[other]!.checksums) continue;
      if (sharing.has(one) || sharing.has(other)) sharing.add(one).add(other);
    }
  }
  return sharing;
}
