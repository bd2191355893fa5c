import { describe, expect, test } from 'vitest';
import { parseBound } from '../../../server/cli/arguments.ts';

describe('a bound', () => {
  test.each([
    ['states=100000', { states: 100_000 }],
    ['steps=200', { steps: 200 }],
    ['memory=512M', { memory: 512 * 2 ** 20 }],
    ['memory=2G', { memory: 2 ** 31 }],
    ['memory=64K', { memory: 65_536 }],
    ['memory=1000000', { memory: 1_000_000 }],
    ['time=30s', { milliseconds: 30_000 }],
    ['time=500ms', { milliseconds: 500 }],
    ['time=2m', { milliseconds: 120_000 }],
  ])('%s', (value, limits) => {
    expect(parseBound(value)).toEqual(limits);
  });

  test('is added to those before, and goes before one of its kind', () => {
    expect(parseBound('time=1s', parseBound('states=5', { states: 4, steps: 3 }))).toEqual({
      states: 5,
      steps: 3,
      milliseconds: 1000,
    });
  });

  test.each([
    ['states', 'states=100000, steps=200, memory=512M or time=30s'],
    ['seconds=3', 'states=100000, steps=200, memory=512M or time=30s'],
    ['states=0', 'a number of states, like states=100000, at least 1'],
    ['states=1K', 'a number of states'],
    ['steps=-1', 'like states=100000'],
    ['steps=99999999999999999999', 'a number of steps'],
    ['memory=0', 'an amount of memory in bytes, K, M or G, like memory=512M'],
    ['memory=512MB', 'an amount of memory'],
    ['memory=M', 'an amount of memory'],
    ['time=30', 'a time in ms, s or m, like time=30s'],
    ['time=1h', 'a time in ms, s or m'],
    ['time=', 'a time in ms, s or m'],
    ['time=constructor', 'a time in ms, s or m'],
  ])('%s is refused with what would be right', (value, advice) => {
    expect(() => parseBound(value)).toThrow(advice);
  });
});
