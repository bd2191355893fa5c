import type { Operation } from '../scenario.ts';
import { create, link, rename, unlink } from './change-names.ts';
import { clone } from './clone.ts';
import { close } from './close.ts';
import { commit } from './commit.ts';
import type { OperationContext } from './context.ts';
import { directWrite } from './direct-write.ts';
import { evict } from './evict.ts';
import { fallocate, zeroRange } from './fallocate.ts';
import { fault } from './fault.ts';
import { fsync } from './fsync.ts';
import { fsyncDirectory } from './fsync-directory.ts';
import { mmapWrite } from './mmap-write.ts';
import { punch } from './punch.ts';
import { read } from './read.ts';
import { refusesReadOnly } from './read-only.ts';
import { releasepage } from './releasepage.ts';
import type { Step } from './step.ts';
import { sync } from './sync.ts';
import { truncate } from './truncate.ts';
import { write } from './write.ts';
import { writeback } from './writeback.ts';

/** The steps of one operation, in order. */
export function operationSteps(context: OperationContext, operation: Operation): Step[] {
  return [...refusesReadOnly(context.machine, operation), ...ownSteps(context, operation)];
}

function ownSteps(context: OperationContext, operation: Operation): Step[] {
  switch (operation.kind) {
    case 'write':
      return write(context, operation);
    case 'mmap-write':
      return mmapWrite(context, operation);
    case 'direct-write':
      return directWrite(context, operation);
    case 'read':
      return read(context, operation);
    case 'close':
      return close(context, operation);
    case 'evict':
      return evict(context, operation);
    case 'writeback':
      return writeback(context, operation);
    case 'releasepage':
      return releasepage(context, operation);
    case 'fsync':
    case 'fdatasync':
      return 'directory' in operation ? fsyncDirectory(context, operation) : fsync(context, operation);
    case 'create':
    case 'mkdir':
      return create(context, operation);
    case 'link':
      return link(context, operation);
    case 'rename':
      return rename(context, operation);
    case 'unlink':
      return unlink(context, operation);
    case 'punch':
      return punch(context, operation);
    case 'fallocate':
      return fallocate(context, operation);
    case 'zero-range':
      return zeroRange(context, operation);
    case 'clone':
      return clone(context, operation);
    case 'truncate':
      return truncate(context, operation);
    case 'fault':
      return fault(context.inForce!);
    case 'sync':
      return sync(context);
    case 'commit':
      return commit(context);
  }
}

/** True for operations whose success promises durability. */
export function isSync(operation: Operation): boolean {
  return operation.kind === 'fsync' || operation.kind === 'fdatasync' || operation.kind === 'sync';
}
