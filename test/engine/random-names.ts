import fc from 'fast-check';
import { changingReleases, guards, newestRelease, type Scenario } from '../../engine/index.ts';
import { buildScenario } from './scenario-builder.ts';

const always = [
  ...['rename F to N', 'rename F to D/N', 'link F to N', 'link F to D/N', 'unlink F', 'unlink N', 'rename N to F'],
  ...['rename G to F', 'rename G to N', 'unlink G', 'rename D to E', 'mkdir C', 'rename F to C/F'],
  ...['write F 0..4K', 'write G 0..4K', 'truncate F 0', 'truncate G 8K', 'evict F'],
  ...['fsync F', 'fsync F', 'fsync G', 'fsync .', 'fsync D', 'commit', 'sync'],
];

/** Two or three short tasks that change the names of two files and a directory, and sync them. */
export function randomNames(operations: number): fc.Arbitrary<Scenario> {
  return fc
    .record({
      kernel: fc.oneof(fc.constant(newestRelease), fc.constantFrom(...changingReleases)),
      chosen: fc.dictionary(fc.constantFrom(...guards.map(({ name }) => name)), fc.boolean(), { maxKeys: 2 }),
      isNew: fc.boolean(),
      tasks: fc.array(fc.array(fc.constantFrom(...always), { minLength: 1, maxLength: operations }), {
        minLength: 1,
        maxLength: 2,
      }),
    })
    .map(({ kernel, chosen, isNew, tasks }) => {
      const written = withOneDirectory(tasks);
      const first = isNew ? ['create G', ...written[0]!] : written[0]!;
      return buildScenario({
        kernel,
        guards: chosen,
        files: ['F 4K data 0..4K', isNew ? 'G new' : 'G 4K data 0..4K', 'D directory', 'E directory'],
        tasks: Object.fromEntries([first, ...written.slice(1)].map((texts, i) => [`t${i}`, texts])),
      });
    });
}

/** The directory C is made once, and nobody uses it where it is not made at all. */
function withOneDirectory(tasks: readonly (readonly string[])[]): string[][] {
  let made = false;
  const once = tasks.map((texts) =>
    texts.filter((text) => {
      const again = text === 'mkdir C' && made;
      made ||= text === 'mkdir C';
      return !again;
    }),
  );
  return once.map((texts) => texts.filter((text) => made || !text.includes('C/')));
}
