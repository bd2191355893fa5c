import { describe, expect, test } from 'vitest';
import { check, firstInterleaving, traceSchedule, traceWitness } from '../../../../engine/index.ts';
import { raceDiagram } from '../../../../server/cli/pretty/race-diagram.ts';
import { sourceFile } from '../../../../server/cli/source-file.ts';
import { shippedScenarios } from '../../../shipped-scenarios.ts';

const shipped = shippedScenarios.map(({ file, name, scenario }) => [`${file}: ${name}`, scenario] as const);

describe.each(shipped)('%s', (_, scenario) => {
  const { violations } = check(scenario);
  const traces = [
    ...violations.map(({ witness }) => traceWitness(scenario, witness)),
    ...scenario.schedules.map((_schedule, index) => traceSchedule(scenario, index)),
    traceWitness(scenario, firstInterleaving(scenario)),
  ];

  test('fits into a commit message: 72 columns of ASCII', () => {
    for (const line of traces.flatMap(raceDiagram)) {
      expect(line).toMatch(/^[\x20-\x7e]*$/);
      expect(line.length).toBeLessThanOrEqual(72);
      expect(line).toBe(line.trimEnd());
    }
  });

  test('has a column for each task, and each operation in its column', () => {
    for (const trace of traces) {
      const [heading = '', ...lines] = raceDiagram(trace);
      const names = heading.trim().split(/ +/);
      const loses = trace.steps.findLastIndex(({ state }) => state.crash.violations.length > 0);
      const drawn = loses < 0 ? trace.steps : trace.steps.slice(0, loses + 1);
      expect(names.filter((name) => name !== 'endio')).toEqual(trace.tasks);
      expect(names.includes('endio')).toBe(drawn.some(({ task }) => task === 'endio'));
      for (const { task, operation } of drawn) {
        expect(lines).toContain(' '.repeat(` ${heading} `.indexOf(` ${task} `)) + operation);
      }
    }
  });

  test('ends with the loss, when there is one', () => {
    for (const trace of traces) {
      const loses = trace.steps.some(({ state }) => state.crash.violations.length > 0);
      const lines = raceDiagram(trace);
      const end = lines.indexOf('power failure, log replay');
      expect(end >= 0).toBe(loses);
      if (loses) expect(lines.slice(end + 1).every((line) => / (?:is|has) .*, not |^ {6}/.test(line))).toBe(true);
    }
  });
});

test('many tasks get wider rather than unreadable, and foreign letters are replaced', () => {
  const tasks = Array.from(
    { length: 9 },
    (_, i) => `task a_rather_long_name_${i} { write I ${i * 4}K..${i * 4 + 4}K }`,
  );
  const { reading } = sourceFile('a.fsrace', `scenario "é" { file I size 64K ${tasks.join(' ')} }`);
  const scenario = reading.scenarios[0]!.scenario!;
  const [heading = ''] = raceDiagram(traceWitness(scenario, firstInterleaving(scenario)));
  expect(heading.split(/ {2,}/)).toEqual(scenario.tasks.map(({ name }) => name));
});
