import { describe, expect, test } from 'vitest';
import {
  check,
  explainGuards,
  explainViolation,
  type Scenario,
  sentenceText,
  type Violation,
} from '../../../engine/index.ts';
import { buildScenario, type ScenarioText } from '../scenario-builder.ts';

const race: ScenarioText = {
  kernel: '5.8',
  tasks: { app: ['write I 0..4K', 'fsync I'], flusher: ['writeback I 0..4K'], kswapd: ['releasepage I 0..4K'] },
};

function explain(text: ScenarioText) {
  const scenario = buildScenario(text);
  const [violation] = check(scenario).violations;
  const { sentences, relevant, decisive } = explainViolation(scenario, violation!);
  const steps = violation!.witness.map(({ step }) => step);
  return {
    scenario,
    violation: violation!,
    told: sentences.map(sentenceText),
    relevant: steps.filter((_, i) => relevant[i]),
    irrelevant: steps.filter((_, i) => !relevant[i]),
    decisive: decisive === undefined ? undefined : steps[decisive],
  };
}

describe('the race of page release and a fast fsync', () => {
  const { told, relevant, irrelevant, decisive } = explain(race);

  test('is told as its commit message tells it', () => {
    expect(told).toEqual([
      "kswapd's releasepage dropped the extent map of I 0..4K with its entry in the list of modified extents in try_release_extent_mapping (step 23), after app's fsync had looked at the full-sync flag of I in log_inode (step 20) and before it looked at the list of modified extents of I in log_changed_extents (step 24).",
      "The full-sync flag was clear in log_inode (step 20): app's fsync trusted the list of modified extents, found it empty in log_changed_extents (step 24), and logged nothing for I 0..4K.",
      'After a power failure, the log on disk has no item for I 0..4K, and what the last commit has there stays: a hole.',
      'Had try_release_extent_mapping (step 23) come before log_inode (step 20) or after log_changed_extents (step 24), the promise would have been kept.',
    ]);
  });

  test('is decided by the page release', () => {
    expect(decisive).toBe('try_release_extent_mapping');
  });

  test('depends on what put the extent map on the list, what made it releasable, and what the fsync tested', () => {
    expect(relevant).toEqual([
      'dirty_pages',
      'start_ordered_ops',
      'end_bio',
      'unpin_extent_cache',
      'log_inode',
      'try_release_extent_mapping',
      'log_changed_extents',
      'return',
    ]);
  });

  test('does not depend on locks, handles and tests that come out alike in any case', () => {
    expect(irrelevant).toEqual(
      expect.arrayContaining(['inode_lock', 'lock_extent', 'add_pending_csums', 'inode_in_log', 'start_transaction']),
    );
  });
});

test('what another file goes through in the meantime is irrelevant', () => {
  const order = ['other.write before app.write', 'other.writeback@finish_ordered_io before app.write'];
  const { violation, irrelevant } = explain({
    ...race,
    files: ['I 32M', 'J 32M'],
    tasks: { ...race.tasks, other: ['write J 0..4K', 'writeback J'] },
    orders: order,
  });
  const ofOther = violation.witness.filter(({ actor }) => actor.kind === 'endio' && actor.file === 1);
  expect(ofOther.length).toBeGreaterThan(5);
  for (const { step } of ofOther) expect(irrelevant).toContain(step);
});

test('without a race, the step that took the extent off the list is named, and no other order', () => {
  const { told, decisive } = explain({
    ...race,
    kernel: '4.17',
    orders: ['flusher.writeback@finish_ordered_io before kswapd.releasepage', 'kswapd.releasepage before app.fsync'],
  });
  expect(decisive).toBeUndefined();
  expect(told[0]).toBe(
    "kswapd's releasepage dropped the extent map of I 0..4K with its entry in the list of modified extents in try_release_extent_mapping (step 16).",
  );
  expect(told.join(' ')).not.toContain('Had ');
});

test('of what nobody listed, the change is named', () => {
  const { told } = explain({
    kernel: '3.15',
    files: ['src 8K data 0..8K', 'I 16K data 0..16K'],
    tasks: { app: ['clone src 0..8K to I 0', 'fsync I'] },
  });
  expect(told[0]).toMatch(
    /^app's clone changed I 0\.\.8K in btrfs_replace_file_extents \(step \d+\), and put nothing on the list/,
  );
});

test('a skipped fsync is explained by the numbers that it compared, and who had set them', () => {
  const { told, decisive } = explain({
    kernel: '3.19',
    files: ['I 16K data 0..16K', 'J 16K data 0..16K'],
    tasks: { app: ['write I 0..4K', 'fsync I'], other: ['punch J 0..4K', 'commit'] },
  });
  expect(decisive).toBe('transaction_completed');
  expect(told.slice(0, 4)).toEqual([
    "other's commit completed transaction 8 in transaction_completed (step 17), before app's fsync looked at last_trans_committed in inode_in_log (step 18).",
    'At inode_in_log (step 18) last_trans of I was 8, set by dirty_pages (step 1), and transaction 8 was committed by transaction_completed (step 17).',
    'The ordered extent of I 0..4K was not complete by then: the subvolume tree did not have the change.',
    "So app's fsync logged nothing.",
  ]);
});

test('a promise that held at first is said to have, and what broke it', () => {
  const { told, decisive } = explain({
    kernel: '3.18',
    files: ['I 16K data 0..16K'],
    tasks: { app: ['write I 0..4K', 'fsync I'], committer: ['commit'] },
    orders: ['app.fsync before committer.commit'],
  });
  expect(decisive).toBe('write_super');
  expect(told[0]).toMatch(/^What app's fsync had promised was durable when it returned in return \(step \d+\)\.$/);
  expect(told[1]).toMatch(
    /^committer's commit put on disk a super block without a log in write_super .* as they were in commit_fs_roots /,
  );
});

test('a log item for blocks that are not written says so, whoever promised', () => {
  const { told, violation } = explain({
    kernel: '3.16',
    files: ['I 16K data 0..16K'],
    tasks: { app: ['punch I 0..4K', 'fsync I'], writer: ['write I 8K..12K', 'writeback I 8K..12K'] },
    orders: ['app.punch before writer.write'],
  });
  expect(violation.promisedBy).toBeNull();
  expect(told.at(-2)).toBe('The item for I 8K..12K in the log on disk points to blocks that have not been written.');
  expect(told.at(-1)).toMatch(/this would not have happened\.$/);
});

test('an explanation is under the profile that the violation was found under', () => {
  const scenario = buildScenario({ ...race, kernel: '5.9' });
  const overrides = { kernel: '5.8' };
  const [violation] = check(scenario, { overrides }).violations;
  expect(explainViolation(scenario, violation!, overrides).sentences.map(sentenceText)).toEqual(explain(race).told);
});

describe('how guards prevent a loss', () => {
  const { scenario, violation } = explain(race);
  const told = (guards: string[], of: [Scenario, Violation] = [scenario, violation]) => {
    const sentence = explainGuards(...of, guards);
    return sentence && sentenceText(sentence);
  };

  test('is told by the first step that goes otherwise', () => {
    expect(told(['releasepage.modified-list'])).toBe(
      'With releasepage.modified-list on, try_release_extent_mapping (step 23) would not have dropped the extent map of I 0..4K with its entry in the list of modified extents nor set the full-sync flag of I.',
    );
  });

  test('may be that somebody waits', () => {
    const late = explain({
      kernel: '3.18',
      files: ['I 16K data 0..16K'],
      tasks: { app: ['write I 0..4K', 'fsync I'], committer: ['commit'] },
      orders: ['app.fsync before committer.commit'],
    });
    expect(told(['commit.logged-ordered-extents'], [late.scenario, late.violation])).toMatch(
      /^With commit\.logged-ordered-extents on, commit_doing \(step \d+\) would have had to wait for /,
    );
  });

  test('is not told of guards that change nothing in the run', () => {
    expect(told(['clone.listed-extent-maps'])).toBeUndefined();
  });
});
