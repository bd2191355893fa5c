import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { run } from '../run-schedule.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

/** A row of the table `write-error` of docs/findings.md: what the calls return, one after the other, and what is left. */
interface Row {
  readonly what: string;
  /** The operations of the task; a fault comes before what it is on. */
  readonly app: readonly string[];
  /** What the calls after the fault and the write return. */
  readonly returns: readonly string[];
  readonly readOnly: boolean;
  readonly found: 'initial data' | 'app: write';
  readonly verdict: 'safe' | 'unsafe';
}

const write = 'write I 0..4K';
const writtenBack = [write, 'writeback I'];
const logSync = ['write J 0..4K', 'fsync J'];

const rows: readonly Row[] = [
  {
    what: 'the data',
    app: ['fault io on app.fsync@start_ordered_ops', write, 'fsync I', 'fsync I', 'fsync I', 'sync', 'sync'],
    returns: ['fsync -EIO', 'fsync 0', 'fsync 0', 'sync -EIO', 'sync 0'],
    readOnly: false,
    found: 'initial data',
    verdict: 'safe',
  },
  {
    what: 'the log tree',
    app: ['fault io on app.fsync@sync_log', write, 'fsync I', 'fsync I'],
    returns: ['fsync 0', 'fsync 0'],
    readOnly: false,
    found: 'app: write',
    verdict: 'safe',
  },
  {
    what: 'the log tree, then a syncfs',
    app: ['fault io on app.fsync@sync_log', write, 'fsync I', 'sync', 'sync'],
    returns: ['fsync 0', 'sync -EIO', 'sync 0'],
    readOnly: false,
    found: 'app: write',
    verdict: 'safe',
  },
  {
    what: 'the super block with the log, of data that was written back',
    app: ['fault io on app.fsync@write_super', ...writtenBack, 'fsync I', 'fsync I', 'sync'],
    returns: ['fsync -EIO', 'fsync 0', 'sync 0'],
    readOnly: true,
    found: 'initial data',
    verdict: 'unsafe',
  },
  {
    what: 'the same, one log sync before the write',
    app: [...logSync, 'fault io on app.fsync#2@write_super', ...writtenBack, 'fsync I', 'fsync I', 'sync'],
    returns: ['fsync -EIO', 'fsync -EROFS', 'sync 0'],
    readOnly: true,
    found: 'initial data',
    verdict: 'unsafe',
  },
  {
    what: 'the super block with the log, then changes',
    app: [
      ...['fault io on app.fsync@write_super', ...writtenBack, 'fsync I'],
      ...['write I 4K..8K', 'truncate I 4K', 'fallocate I 0..32K'],
    ],
    returns: ['fsync -EIO', 'write -EROFS', 'truncate -EROFS', 'fallocate -EROFS'],
    readOnly: true,
    found: 'initial data',
    verdict: 'safe',
  },
  {
    what: 'the super block of a commit',
    app: ['fault io on app.sync@write_super', write, 'sync', 'sync', 'fsync I', 'fsync I'],
    returns: ['sync -EIO', 'sync 0', 'fsync -EROFS', 'fsync -EROFS'],
    readOnly: true,
    found: 'initial data',
    verdict: 'unsafe',
  },
];

describe('what a real 6.18 returns when it cannot write', () => {
  test.each(rows)('of $what', ({ app, returns, readOnly, found, verdict }) => {
    const text: ScenarioText = { kernel: '6.18', files: ['I 16K data 0..16K', 'J 4K'], tasks: { app: [...app] } };
    const kinds = app.map((operation) => operation.split(' ')[0]!);
    const schedule = kinds.map((kind) => `app: ${kind}`);
    const firstCall = kinds.length - returns.length;
    const returned = kinds.slice(firstCall).map((kind, i) => {
      const { changes } = run(text, ...schedule.slice(0, firstCall + i + 1));
      return `${kind} ${changes.flatMap((line) => /returns (0|-\w+)/.exec(line)?.[1] ?? []).at(-1) ?? '0'}`;
    });
    expect(returned).toEqual(returns);
    const { last } = run(text, ...schedule);
    expect(last.transaction.aborted ?? false).toBe(readOnly);
    expect(last.crash.files[0]!.content[0]!.found).toBe(found);
    expect(check(buildScenario(text))).toMatchObject({ verdict, complete: true });
  });
});
