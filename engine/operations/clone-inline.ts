import type { Machine } from '../model/machine.ts';
import type { State } from '../state/layout.ts';
import type { CloneRange } from './clone-range.ts';
import type { OperationContext } from './context.ts';
import { dropExtentMaps } from './drop-extent-maps.ts';
import type { Step } from './step.ts';

/**
 * clone_copy_inline_extent: the source is one inline extent, of which there are no blocks to share. A destination that can
 * be one, too, gets a copy of the item; since 05a5a7621ce6 any other gets the data in its page cache.
 */
function copiesInlineItem({ rules }: Machine, { source, target, moved }: CloneRange, state: State): boolean {
  const { tree, segments } = target;
  const first = segments.wholeBlocks(1);
  const end = source.segments.cuts[source.inlineEnd.get(state)]!;
  if ((moved(1) & 1) === 0 || segments.cuts[target.size.get(state)]! > end) return false;
  if (tree.inline.get(state) === 1) return true;
  const described = tree.described(state);
  return (described & ~first) === 0 && (described === 0 || !rules.cloneCopiesInlineToPage);
}

/** Copies the data to the page cache, for writeback to find. It has to happen before the transaction is started. */
export function copyInlineToPage(machine: Machine, range: CloneRange, locks: string): Step {
  const { target } = range;
  return {
    name: 'copy_inline_to_page',
    locks,
    does: 'The source is an inline extent whose item cannot be copied: copies the data into a page of the destination, which is dirty then.',
    when: (state) => isInline(range, state) && !copiesInlineItem(machine, range, state),
    apply: (state) => {
      const piece = range.nextPiece(state);
      const { zeros, data } = range.content(state, piece);
      target.beginChange(state, zeros, true);
      target.beginChange(state, data, false);
      target.pages.makeDirty(state, range.moved(piece.extent));
      return undefined;
    },
  };
}

/** Copies the item, or ends what copies the data: `done` is where it goes on when nothing can be copied, until 5.6. */
export function cloneCopyInlineExtent(
  { machine, task }: OperationContext,
  range: CloneRange,
  locks: string,
  done: string,
): Step {
  const { transaction, rules } = machine;
  const { source, target } = range;
  const refused = (state: State) => !rules.cloneCopiesInlineToPage && !copiesInlineItem(machine, range, state);
  return {
    name: 'clone_copy_inline_extent',
    locks,
    does: rules.cloneCopiesInlineToPage
      ? 'The source is an inline extent: copies the item to a destination that is empty or an inline extent of at most that size, and sets the full-sync flag. Moves i_size and disk_i_size.'
      : 'The source is an inline extent: copies the item to a destination that is not larger and has nothing behind the first block, and sets the full-sync flag. Else ends the transaction handle; the clone returns -EOPNOTSUPP.',
    when: (state) => isInline(range, state),
    goesTo: rules.cloneCopiesInlineToPage ? ['clone_finish_inode_update'] : ['clone_finish_inode_update', done],
    says: (state) => (refused(state) ? 'returns -EOPNOTSUPP: an inline extent cannot be copied there' : undefined),
    apply: (state) => {
      if (refused(state)) {
        transaction.end(state, task);
        return done;
      }
      const piece = range.nextPiece(state);
      if (copiesInlineItem(machine, range, state)) copyItem(state);
      const end = range.endOf(state, piece);
      if (end > target.size.get(state)) {
        target.beginResize(state, end);
        target.updateDiskSize(state);
      }
      target.noteReflink(state, transaction.generation.get(state));
      return 'clone_finish_inode_update';
    },
  };

  function copyItem(state: State): void {
    const piece = range.nextPiece(state);
    const { zeros, data } = range.content(state, piece);
    target.beginChange(state, zeros, true);
    target.beginChange(state, data, false);
    dropExtentMaps(machine, target, state, range.moved(piece.extent), false);
    target.insertInlineItem(state, source.inlineEnd.get(state));
    if (rules.cloneSetsFullSync || machine.guards['clone.listed-extent-maps']) {
      target.setFullSync(state, transaction.generation.get(state));
    }
  }
}

function isInline(range: CloneRange, state: State): boolean {
  return range.nextPiece(state).kind === 'inline';
}
