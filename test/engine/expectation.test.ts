import { describe, expect, test } from 'vitest';
import { judgeExpectation, type Verdict, type ViolationKind } from '../../engine/index.ts';
import { buildScenario, range } from './scenario-builder.ts';

/** A verdict with the given violations, each `lost I 0..4K` by the file's name. */
function verdictWith(verdict: Verdict['verdict'], violations: readonly string[], deadlock = false): Verdict {
  return {
    verdict,
    complete: verdict !== 'unknown',
    interleavings: { total: '1', losing: '0', exact: true },
    states: 1,
    transitions: 0,
    memory: 0,
    violations: violations.map((text) => {
      const [kind, file, where] = text.split(' ');
      return {
        kind: kind as ViolationKind,
        file: file === 'I' ? 0 : 1,
        range: range(where!),
        promisedBy: null,
        sizeOnly: false,
        transaction: 8,
        witness: [],
      };
    }),
    deadlock: deadlock ? { witness: [], waiting: [] } : undefined,
    noEffect: [],
  };
}

describe('expectations', () => {
  const lost = 'lost I 0..4K';
  const all = 'lost I 0..8K';
  test.each<[string, string[], Verdict, { met: boolean; unmet: number[]; expected: boolean[] }]>([
    ['nothing said, safe', [], verdictWith('safe', []), { met: true, unmet: [], expected: [] }],
    ['nothing said, a loss', [], verdictWith('unsafe', [lost]), { met: false, unmet: [], expected: [false] }],
    ['safe, and it is', ['safe'], verdictWith('safe', []), { met: true, unmet: [], expected: [] }],
    ['safe, but a loss', ['safe'], verdictWith('unsafe', [lost]), { met: false, unmet: [0], expected: [false] }],
    ['safe, bounded', ['safe'], verdictWith('unknown', []), { met: true, unmet: [], expected: [] }],
    ['a loss, found', [lost], verdictWith('unsafe', [lost]), { met: true, unmet: [], expected: [true] }],
    ['a loss, but safe', [lost], verdictWith('safe', []), { met: false, unmet: [0], expected: [] }],
    ['a loss, but more', [lost], verdictWith('unsafe', [all]), { met: false, unmet: [0], expected: [false] }],
    ['a loss, but less', [all], verdictWith('unsafe', [lost]), { met: false, unmet: [0], expected: [true] }],
    ['a part is covered', [all], verdictWith('unsafe', [lost, all]), { met: true, unmet: [], expected: [true, true] }],
    [
      'the class counts',
      ['corrupt I 0..4K'],
      verdictWith('unsafe', [lost]),
      { met: false, unmet: [0], expected: [false] },
    ],
    ['the file counts', ['lost J 0..4K'], verdictWith('unsafe', [lost]), { met: false, unmet: [0], expected: [false] }],
    ['one of two', [lost, 'lost J 0..4K'], verdictWith('unsafe', [lost]), { met: false, unmet: [1], expected: [true] }],
    ['a deadlock is never safe', [], verdictWith('unsafe', [], true), { met: false, unmet: [], expected: [] }],
    ['nor expected', [lost], verdictWith('unsafe', [lost], true), { met: false, unmet: [], expected: [true] }],
  ])('%s', (_, said, verdict, result) => {
    const scenario = buildScenario({ files: ['I 32M', 'J 32M'], tasks: { app: ['fsync I'] }, expect: said });
    expect(judgeExpectation(scenario, verdict)).toMatchObject(result);
  });

  test.each([
    [[], 'safe'],
    [['safe'], 'safe'],
    [[lost, 'corrupt J 4K..6K'], 'lost I 0..4K, corrupt J 4K..6K'],
  ])('%j reads as %s', (said, declared) => {
    const scenario = buildScenario({ files: ['I 32M', 'J 32M'], tasks: { app: ['fsync I'] }, expect: said });
    expect(judgeExpectation(scenario, verdictWith('safe', [])).declared).toBe(declared);
  });
});
