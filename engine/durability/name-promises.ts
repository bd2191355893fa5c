import type { Namespace } from '../model/namespace.ts';
import type { Registers } from '../operations/registers.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';
import type { FilePromise, SyncPromise } from './promises.ts';

/**
 * The promise of one sync operation that files exist: each under a name that it had when the operation was called, or
 * has got since. `directory`: only files that had a name in that directory (fsync of a directory).
 */
export function namePromise(
  sync: number,
  names: Namespace,
  files: readonly { readonly file: number; readonly promise: FilePromise }[],
  registers: Registers,
  directory?: number,
): SyncPromise {
  const calls = files.map(({ file, promise }) => {
    const mask = registers.field(`names of ${file}`, below(names.count));
    names.follow(file, mask);
    return { file, promise, mask };
  });
  return {
    call(state: State) {
      for (const { file, mask } of calls) {
        const had = names.namesOf(state, file);
        const meant = directory === undefined || (had & names.entriesOf(state, directory)) !== 0;
        mask.set(state, meant ? had : 0);
      }
    },
    fulfil(state: State) {
      for (const { promise, mask } of calls) {
        const [before, called] = [promise.names.get(state), mask.get(state)];
        const promised = before === 0 ? called : called === 0 ? before : before & called;
        if (promised === before) continue;
        promise.names.set(state, promised);
        promise.namesPromisedBy.set(state, sync);
      }
    },
  };
}
