import { describe, expect, test } from 'vitest';
import { check } from '../../../engine/index.ts';
import { buildScenario } from '../scenario-builder.ts';
import { largeSafeRace } from './large-race.ts';

const scenario = buildScenario(largeSafeRace);

const all = BigInt(check(scenario, { reduction: false }).interleavings.total);

/** Stops at the given poll and at all after it. Tells how long it took from there, in milliseconds. */
function checkUntil(poll: number, options: { reduction?: boolean; fewStates?: number }) {
  let polls = 0;
  let stopped: number | undefined;
  const verdict = check(scenario, {
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
  const places = [0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99].map((part) => Math.floor(whole.polls * part));

  test('end soon after they are told to, wherever they are', () => {
    expect(whole.verdict.verdict).toBe('safe');
    expect(whole.polls).toBeGreaterThan(100);
    const late = places.map((poll) => checkUntil(poll, options).late!).sort((a, b) => a - b);
    // One of them may meet a busy machine.
    expect(late[late.length - 2]).toBeLessThan(100);
  }, 60_000);

  test('say nothing then that is not so', () => {
    for (const poll of places) {
      const { verdict } = checkUntil(poll, options);
      const { total, losing, exact } = verdict.interleavings;
      expect([losing, exact]).toEqual(['0', false]);
      expect(BigInt(total)).toBeGreaterThan(0n);
      expect(BigInt(total) <= all).toBe(true);
      expect(verdict.verdict === 'safe').toBe(verdict.complete);
      if (!verdict.complete) expect(verdict).toMatchObject({ verdict: 'unknown', bound: { kind: 'cancelled' } });
    }
  }, 60_000);
});
