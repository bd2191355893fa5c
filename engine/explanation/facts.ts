import { firstTransaction, transactionStates } from '../model/transaction.ts';
import type { Program } from '../program.ts';
import type { AccessRecord } from '../state/layout.ts';
import { type Fact, FactMaker } from './fact.ts';
import { memoryFacts } from './memory-facts.ts';
import { treeFacts } from './tree-facts.ts';

/** The facts of a program's states; of two that one step changed or reads, the one that says more comes first. */
export function factsOf(program: Program, record: AccessRecord): Fact[] {
  const { log, transaction, inodes } = program.machine;
  const maker = new FactMaker(program, record);
  const id = (offset: number) => `transaction ${firstTransaction + offset}`;
  return [
    ...inodes.flatMap((inode) => memoryFacts(new FactMaker(program, record, inode.index), inode)),
    maker.number(
      'last_trans_committed',
      'last_trans_committed',
      (state) => transaction.lastCommitted.get(state),
      (value) => `completed ${id(value)}`,
    ),
    maker.number(
      "root's last_log_commit",
      "the root's last_log_commit",
      (state) => log.lastLogCommit.get(state),
      (value) => `moved the root's last_log_commit to ${value}`,
    ),
    maker.number(
      'log_transid',
      "the root's log_transid",
      (state) => log.transid.get(state),
      (value) => `moved the root's log_transid to ${value}`,
    ),
    ...inodes.flatMap((inode) => treeFacts(new FactMaker(program, record, inode.index), inode, log)),
    maker.number(
      'super-block',
      'the log in the super block',
      (state) => log.onDisk.get(state),
      (value) => `put on disk a super block ${value === 1 ? 'that points to the log' : 'without a log'}`,
    ),
    maker.fact(
      'commit-state',
      'the state of the running transaction',
      (state) => transaction.stateOfRunning(state),
      (before, after) => {
        const [old, fresh] = [transaction.stateOfRunning(before), transaction.stateOfRunning(after)];
        const begins = old !== fresh && transactionStates[fresh] === 'commit_start';
        return begins ? [`started to commit ${id(transaction.generation.get(after))}`] : [];
      },
    ),
    maker.number(
      'transaction',
      'the running transaction',
      (state) => transaction.generation.get(state),
      (value) => `started ${id(value)}`,
    ),
    maker.number(
      'error-state',
      'the error state of the file system',
      (state) => Number(transaction.isAborted(state)),
      () => 'aborted the transaction',
    ),
  ];
}
