import { expect, test } from 'vitest';
import { readScenarioFile } from '../../../server/language/index.ts';

const text = `scenario "s" {
  kernel 5.8
  guard releasepage.modified-list on
  file I size 32M
  file J
  task app { w1: write I 0..4K  fsync I }
  order app.w1 before app.fsync
  interleaving "told" { app: write  endio: I 0..4K until x  crash }
  interleaving { crash }
  expect lost I 0..4K
  reach "asked" app.fsync returned
  reach I.needs-full-sync
  bound states 1000
}`;

test('the parts of a scenario lead back to the text', () => {
  const [lowered] = readScenarioFile(text).scenarios;
  const said = JSON.parse(JSON.stringify(lowered!.sources), (_, value) =>
    typeof value?.start === 'number' ? text.slice(value.start, value.end) : value,
  );
  expect(said).toEqual({
    name: '"s"',
    kernel: '5.8',
    guards: { 'releasepage.modified-list': 'guard releasepage.modified-list on' },
    files: [
      { name: 'I', span: 'file I size 32M' },
      { name: 'J', span: 'file J' },
    ],
    tasks: [
      {
        name: 'app',
        span: 'task app { w1: write I 0..4K  fsync I }',
        operations: [
          { span: 'w1: write I 0..4K', keyword: 'write' },
          { span: 'fsync I', keyword: 'fsync' },
        ],
      },
    ],
    orders: ['order app.w1 before app.fsync'],
    schedules: [
      {
        span: 'interleaving "told" { app: write  endio: I 0..4K until x  crash }',
        name: '"told"',
        entries: ['app: write', 'endio: I 0..4K until x', 'crash'],
      },
      { span: 'interleaving { crash }', name: 'interleaving', entries: ['crash'] },
    ],
    expect: ['expect lost I 0..4K'],
    questions: [
      { span: 'reach "asked" app.fsync returned', name: '"asked"' },
      { span: 'reach I.needs-full-sync', name: 'reach' },
    ],
    bounds: { states: 'bound states 1000' },
  });
  expect(text.slice(lowered!.span.start, lowered!.span.end)).toBe(text);
});

test('they do so when the scenario cannot be checked', () => {
  const broken = 'scenario { file task a { fsync } task a { }';
  const [lowered] = readScenarioFile(broken).scenarios;
  const names = lowered!.sources.tasks.map(({ name }) => broken.slice(name.start, name.end));
  expect(names).toEqual(['a', 'a']);
  expect(lowered!.sources.name).toEqual({ start: 0, end: 8 });
  expect(lowered!.sources.files).toEqual([{ name: { start: 11, end: 15 }, span: { start: 11, end: 15 } }]);
});
