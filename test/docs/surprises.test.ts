import { expect, test } from 'vitest';
import { answerQuestions, check, profileOf, type Scenario } from '../../engine/index.ts';
import { shippedScenarios } from '../shipped-scenarios.ts';
import { GeneratedPage, table } from './generated.ts';

const page = new GeneratedPage('surprises.md');
const folder = 'surprises/';
const surprises = shippedScenarios.filter(({ file }) => file.startsWith(folder));

/** The questions of a scenario, and whether some interleaving comes there. */
function answers(scenario: Scenario): [question: string, answer: string][] {
  const found = answerQuestions(scenario);
  return (scenario.questions ?? []).map(({ name }, index) => {
    expect(found[index]!.bound).toBeUndefined();
    return [name ?? '', found[index]!.reached === true ? 'yes' : 'never'];
  });
}

function rows(): string[][] {
  return surprises.flatMap(({ file, name, scenario }) => {
    const link = `[${file.slice(folder.length).replace('.fsrace', '')}](../scenarios/${file})`;
    const asked = answers(scenario);
    const [first = ['', ''], ...more] = asked;
    const { verdict } = check(scenario);
    const head = [link, name, profileOf(scenario).release, verdict === 'safe' ? 'no' : 'yes'];
    return [[...head, ...first], ...more.map((answer) => ['', '', '', '', ...answer])];
  });
}

test('the page on surprises is printed from the engine (UPDATE_DOCS=1 writes it)', () => {
  const header = ['file', 'scenario', 'kernel', 'breaks a promise', 'can it be that', 'answer'];
  const content = table(header, rows());
  expect(surprises).not.toEqual([]);
  expect(page.section('surprises', content)).toBe(content);
});
