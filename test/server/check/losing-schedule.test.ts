import { expect, test } from 'vitest';
import { check, checkSchedule, type Scenario } from '../../../engine/index.ts';
import { losingSchedule } from '../../../server/check/losing-schedule.ts';
import { shippedScenarios } from '../../shipped-scenarios.ts';
import { race } from './scenarios.ts';

test('the losing interleaving is told in as few entries as there are switches between tasks', () => {
  const scenario = race();
  const [violation] = check(scenario).violations;
  expect(losingSchedule(scenario, violation!)).toEqual([
    { kind: 'task', task: 0, operation: 'write', until: undefined },
    { kind: 'task', task: 0, operation: 'fsync', until: 'log_all_xattrs' },
    { kind: 'task', task: 1, operation: 'releasepage', until: undefined },
    { kind: 'task', task: 0, operation: 'fsync', until: undefined },
    { kind: 'crash' },
  ]);
});

test('a run that the engine refuses to repeat is not written down', () => {
  const scenario = race();
  const [violation] = check(scenario).violations;
  const fixed: Scenario = { ...scenario, kernel: '5.9' };
  expect(losingSchedule(fixed, violation!)).toBeUndefined();
});

const losses = shippedScenarios.flatMap(({ file, name, scenario }) =>
  check(scenario).violations.map((violation) => ({ file, name, scenario, violation })),
);

test.each(losses)('$file, $name: each loss can be written down', ({ scenario, violation }) => {
  const entries = losingSchedule(scenario, violation) ?? [];
  const { violations, steps } = checkSchedule({ ...scenario, schedules: [{ entries }] }, 0);
  const { kind, file, range, promisedBy, witness } = violation;
  expect(violations).toContainEqual(expect.objectContaining({ kind, file, range, promisedBy }));
  expect(steps).toEqual(witness);
});
