import { expect, test } from 'vitest';
import { sentenceText } from '../../../engine/index.ts';
import {
  type AnalysisStage,
  analyseScenario,
  completeAnalysis,
  judgeScenario,
} from '../../../server/check/analysis.ts';
import { endless, race, scenarioOf } from './scenarios.ts';

test('the stages come in order, each with what it found out', () => {
  const stages: [AnalysisStage, string[]][] = [];
  const analysis = analyseScenario(race(), {
    now: () => 0,
    releases: true,
    onStage: (stage, found) => stages.push([stage, Object.keys(found)]),
  });
  const first = ['verdict', 'expectation', 'milliseconds', 'notes', 'deadlockNotes'];
  const judged = [...first, 'schedules'];
  const explained = [...judged, 'explanations'];
  const asked = [...explained, 'questions'];
  const fixed = ['fixes', 'preventions', 'fixesComplete'];
  expect(stages).toEqual([
    ['verdict', first],
    ['schedules', judged],
    ['explanations', explained],
    ['questions', asked],
    ['fixes', [...asked, ...fixed]],
    ['kernel-fix', [...asked, ...fixed, 'kernelFix']],
    ['losing-schedules', [...asked, ...fixed, 'kernelFix', 'losingSchedules']],
    ['redundant-guards', [...asked, ...fixed, 'kernelFix', 'losingSchedules', 'redundantGuards']],
    ['unsafe-releases', [...asked, ...fixed, 'kernelFix', 'losingSchedules', 'redundantGuards', 'unsafeReleases']],
  ]);
  expect(analysis.fixes?.map(({ guards }) => guards)).toEqual([['releasepage.modified-list']]);
  expect(analysis.kernelFix?.kernel).toBe('5.9');
  expect(analysis.redundantGuards).toEqual([]);
  expect(analysis.unsafeReleases).toMatchObject({ last: '5.8' });
});

test('a loss is explained, with how the preferred guards prevent it', () => {
  const { explanations, preventions } = analyseScenario(race(), { now: () => 0 });
  expect(explanations).toHaveLength(1);
  expect(explanations?.[0]?.relevant).toContain(false);
  expect(preventions?.map((sentence) => sentence && sentenceText(sentence))).toEqual([
    expect.stringMatching(/^With releasepage\.modified-list on, /),
  ]);
});

test('the time is that of the search alone', () => {
  let time = 100;
  const clock = () => {
    time += 7;
    return time;
  };
  expect(analyseScenario(race(), { now: clock }).milliseconds).toBe(7);
});

test('a witness has words for each of its steps', () => {
  const { verdict, notes } = judgeScenario(race(), { now: () => 0 });
  expect(notes[0]?.map(({ step }) => step)).toEqual(verdict.violations[0]?.witness.map(({ step }) => step));
  expect(notes[0]?.flatMap(({ changes }) => changes)).toContainEqual(expect.stringContaining('I 0..4K dropped'));
  expect(Object.keys(notes[0]?.[0] ?? {})).not.toContain('state');
});

test('questions are answered, with words for each step of the way', () => {
  const asked = 'reach app.fsync is fast and app.fsync returned  reach not app.fsync returned and I 0..4K durable';
  const text = `scenario "x" { kernel 5.9 file I size 32M task app { write I 0..4K fsync I } ${asked} }`;
  const [fast, initial] = analyseScenario(scenarioOf(text), { now: () => 0 }).questions!;
  expect(fast!.notes.map(({ step }) => step)).toEqual(fast!.witness.map(({ step }) => step));
  expect(fast!.notes.flatMap(({ changes }) => changes)).toContain('the full-sync flag is clear: a fast fsync');
  expect(initial).toMatchObject({ reached: true, witness: [], notes: [] });
});

test('nothing is repaired in a scenario that is safe', () => {
  const analysis = analyseScenario(race('safe', '5.9'), { now: () => 0, releases: true });
  expect(analysis).toMatchObject({
    fixes: [],
    kernelFix: null,
    losingSchedules: [],
    redundantGuards: [],
    unsafeReleases: null,
  });
});

test('a guard that changes nothing is found', () => {
  const text =
    'scenario "x" { kernel 5.8 guard releasepage.modified-list on file I size 16M task app { write I 0..4K fsync I } }';
  expect(analyseScenario(scenarioOf(text), { now: () => 0 }).redundantGuards).toEqual(['releasepage.modified-list']);
});

test('a search that is stopped has a verdict that says so, and nothing after it', () => {
  const analysis = analyseScenario(endless(), { now: () => 0, shouldStop: () => true });
  expect(analysis.verdict).toMatchObject({ verdict: 'unknown', complete: false, bound: { kind: 'cancelled' } });
  expect(analysis.schedules).toEqual([]);
  expect(analysis.fixes).toBeUndefined();
});

test('what was not proved because of a stop is not known, rather than impossible', () => {
  const judged = judgeScenario(race(), { now: () => 0 });
  let polls = 0;
  const analysis = completeAnalysis(race(), judged, { now: () => 0, shouldStop: () => ++polls > 2 });
  expect(analysis.redundantGuards).toBeUndefined();
});

test('an explicit interleaving that loses data comes with the words of its steps', () => {
  const scenario = scenarioOf(`scenario "x" { kernel 5.8 file I size 32M
    task app { write I 0..4K fsync I }  task k { releasepage I }
    interleaving { app: write app: fsync until log_inode k: releasepage app: fsync crash }
    interleaving { app: write crash } }`);
  const [losing, harmless] = judgeScenario(scenario, { now: () => 0 }).schedules ?? [];
  expect(losing?.verdict).toBe('unsafe');
  expect(losing?.notes).toHaveLength(losing?.steps.length ?? 0);
  expect(harmless).toMatchObject({ verdict: 'safe', notes: [] });
});
