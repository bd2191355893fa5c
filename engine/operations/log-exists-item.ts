import type { Inode } from '../model/inode.ts';
import type { Machine } from '../model/machine.ts';
import { below } from '../state/bits.ts';
import type { State } from '../state/layout.ts';

/**
 * The inode item of a file that is logged as existing (logged_inode_size, fill_inode_item): with the size that the log has
 * already, or the commit root, or with i_size if that is smaller, and with size 0 where neither has one. Its generation
 * is 0 unless the inode was logged before: replay takes only a size that is not 0 from such an item, unless it makes
 * the inode.
 */
export function logExistsItem(
  { guards, transaction }: Machine,
  file: Inode,
  state: State,
  loggedBefore: boolean,
): void {
  const { log, size, content } = file;
  const keepsGeneration = guards['log-exists.generation'] === true;
  const commitRoot = transaction.committing.get(state) === 1 ? file.committing : file.committed;
  const known = loggedBefore ? log : commitRoot;
  const isKnown = loggedBefore
    ? guards['log-exists.logged-size']
    : keepsGeneration && commitRoot.present.get(state) === 1;
  const sizeBefore = log.size.get(state);
  log.present.set(state, 1);
  if (!(loggedBefore && keepsGeneration)) log.existsOnly.set(state, 1);
  if (!isKnown) log.size.clear(state);
  else if (size.get(state) < known.size.get(state) && guards['log-exists.smaller-size']) {
    log.size.copyFrom(state, size);
    log.describe(state, below(content.length) & ~below(size.get(state)), 'hole', content);
  } else log.size.copyFrom(state, known.size);
  dropCut(file, state, sizeBefore);
}

/** Replay cuts nothing off behind a size that it does not take. */
export function dropCut({ log }: Inode, state: State, sizeBefore: number): void {
  if (log.existsOnly.get(state) === 0 || log.size.get(state) !== 0) return;
  log.hole.set(state, log.hole.get(state) & below(sizeBefore));
}
