import type { Limits } from '../../../engine/model/limits.ts';

/** Limits that leave room for a few of everything, with the given ones in place. */
export function limitsWith(some: Partial<Limits>): Limits {
  return {
    tasks: 2,
    transactions: 1,
    logTransactions: 1,
    tracksItems: false,
    diskBlocks: 0,
    versions: 3,
    sizeChanges: 3,
    flushesOnClose: false,
    changesUnderIo: false,
    allocates: false,
    inline: false,
    clonesInline: false,
    nodatacow: false,
    holes: false,
    remembersPrealloc: false,
    staleHoles: false,
    firstCompletion: 0,
    cutsOrderedExtents: false,
    keepsTimes: false,
    mapped: false,
    direct: false,
    named: false,
    changesUnreturned: false,
    writeErrors: false,
    ranged: false,
    trackLogged: false,
    logsRunning: false,
    changesUnderLog: false,
    logsUnfinished: false,
    guessesLastTrans: false,
    remembersLogTransaction: false,
    ...some,
  };
}
