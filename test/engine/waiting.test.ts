import { describe, expect, test } from 'vitest';
import { check, checkSchedule } from '../../engine/index.ts';
import { problemOf } from './run-schedule.ts';
import { buildScenario } from './scenario-builder.ts';

describe('page release of a clean page that is cut into segments, while its range is locked', () => {
  const tasks = { app: ['write I 0..2K', 'writeback I'], r: ['releasepage I'] };

  test.each(['4.17', '5.8', '5.9'])('leaves the page behind (%s)', (kernel) => {
    expect(check(buildScenario({ kernel, files: ['I 4K'], tasks })).verdict).toBe('safe');
  });

  test('ends in a schedule, too', () => {
    const schedules = [
      [
        'app: write',
        'app: writeback until extent_writepage_io',
        'endio: I until lock_extent',
        'r: releasepage',
        'crash',
      ],
    ];
    expect(checkSchedule(buildScenario({ kernel: '5.8', files: ['I 4K'], tasks, schedules }), 0).verdict).toBe('safe');
  });
});

test('a write submits the rest of every ordered extent that it meets, also of one begun meanwhile', () => {
  const app = ['write I 0..8K', 'writeback I 0..4K', 'write I 8K..16K', 'write I 0..16K'];
  const scenario = buildScenario({ kernel: '5.8', files: ['I 16K'], tasks: { app, f: ['writeback I 8K..12K'] } });
  expect(check(scenario).deadlock).toBeUndefined();
});

test('a write behind i_size submits the rest of the ordered extent in the last block', () => {
  const app = ['write I 0..6K', 'writeback I 0..4K', 'write I 12K..16K'];
  expect(check(buildScenario({ kernel: '5.8', files: ['I 0'], tasks: { app } })).deadlock).toBeUndefined();
});

test('an `endio` entry whose step is behind cannot be followed', () => {
  const tasks = { app: ['write I 0..4K'], f: ['writeback I'] };
  const open = ['app: write', 'f: writeback until extent_writepage_io'];
  expect(
    problemOf({ tasks }, ...open, 'endio: I until btrfs_join_transaction', 'endio: I until lock_extent')?.message,
  ).toContain('ended without lock_extent');
});

test('the holder of a lock is named also when it waits for a completion itself', () => {
  const tasks = { a: ['write I 0..4K', 'fsync I'], b: ['fsync I'] };
  const message = problemOf({ tasks }, 'a: write', 'a: fsync until inode_lock', 'b: fsync')?.message;
  expect(message).toContain('would release it');
});

test('an operation that a deadlock keeps from running is not said to do nothing', () => {
  const app = ['write I 0..4K'];
  const orders = ['app.write before b.commit', 'b.commit before app.write'];
  const { noEffect } = check(buildScenario({ kernel: '5.8', tasks: { app, b: ['commit'] }, orders }));
  expect(noEffect.map(({ reason }) => reason)).not.toContain('its range is empty');
});
