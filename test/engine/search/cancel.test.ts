import { describe, expect, test } from 'vitest';
import { check, traceWitness } from '../../../engine/index.ts';
import { buildScenario } from '../scenario-builder.ts';
import { largeRace, largeSafeRace } from './large-race.ts';

const scenario = buildScenario(largeSafeRace);

const all = BigInt(check(scenario, { reduction: false }).interleavings.total);

/** Stops at the given poll and at all after it. Tells how long it took from there, in milliseconds. */
function checkUntil(poll: number, options: { reduction?: boolean; fewStates?: number }, searched = scenario) {
  let polls = 0;
  let stopped: number | undefined;
  const verdict = check(searched, {
    ...options,
    shouldStop: () => {
      if (polls++ < poll) return false;
      stopped ??= performance.now();
      return true;
    },
  });
  return { verdict, polls, late: stopped === undefined ? undefined : performance.now() - stopped };
}

describe.each([
  ['the search of all states and the count', { reduction: false }],
  ['the practice and the reduced search', { fewStates: 1000 }],
])('%s', (_, options) => {
  const whole = checkUntil(Number.POSITIVE_INFINITY, options);
  const stopped = [0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99].map((part) =>
    checkUntil(Math.floor(whole.polls * part), options),
  );

  test('end soon after they are told to, wherever they are', () => {
    expect(whole.verdict.verdict).toBe('safe');
    expect(whole.polls).toBeGreaterThan(100);
    const late = stopped.map((search) => search.late!).sort((a, b) => a - b);
    // One of them may meet a busy machine.
    expect(late[late.length - 2]).toBeLessThan(100);
  });

  test('say nothing then that is not so', () => {
    for (const { verdict } of stopped) {
      const { total, losing, exact } = verdict.interleavings;
      expect([losing, exact]).toEqual(['0', false]);
      expect(BigInt(total)).toBeGreaterThan(0n);
      expect(BigInt(total) <= all).toBe(true);
      expect(verdict.verdict === 'safe').toBe(verdict.complete);
      if (!verdict.complete) expect(verdict).toMatchObject({ verdict: 'unknown', bound: { kind: 'cancelled' } });
    }
  });
});

describe.each([
  ['all states', { reduction: false }],
  ['a reduced search', { fewStates: 20_000 }],
])('the search for witnesses in %s', (_, options) => {
  const unsafe = buildScenario(largeRace);
  const whole = checkUntil(Number.POSITIVE_INFINITY, options, unsafe);
  const shortest = whole.verdict.violations.map(({ witness }) => witness.length);

  test('ends soon after it is told to, with witnesses that are real', () => {
    expect(shortest.length).toBeGreaterThan(1);
    const late: number[] = [];
    // From the search on, over the witnesses, to the count.
    for (const part of [0.3, 0.5, 0.6, 0.7, 0.9]) {
      const { verdict, late: milliseconds } = checkUntil(Math.floor(whole.polls * part), options, unsafe);
      late.push(milliseconds!);
      for (const { witness, ...loss } of verdict.violations) {
        const lost = traceWitness(unsafe, witness).steps.at(-1)!.state.crash.violations;
        expect(lost).toContainEqual(expect.objectContaining({ kind: loss.kind, file: loss.file, range: loss.range }));
      }
      if ('reduction' in options && verdict.complete) {
        expect(verdict.violations.map(({ witness }) => witness.length)).toEqual(shortest);
      }
    }
    // One of them may meet a busy machine.
    expect(late.sort((a, b) => a - b)[late.length - 2]).toBeLessThan(100);
  }, 60_000);
});
