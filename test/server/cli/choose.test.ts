import { expect, test } from 'vitest';
import { choose, unknownName } from '../../../server/cli/choose.ts';

test.each([
  ['first', 0],
  ['2', 2],
  ['3', 2],
])('%j among "first", "2"-nd without a name, "2"', (wanted, index) => {
  expect(choose('scenario', wanted, ['first', '', '2'])).toBe(index);
});

test.each([
  ['frist', ['first', 'second'], 'no scenario is called "frist"; did you mean "first"?'],
  ['other', ['first', 'second'], 'no scenario is called "other"; choose from "first", "second"'],
  ['3', ['first', ''], 'no scenario is called "3"; choose from "first"'],
  ['0', [''], 'no scenario is called "0"; none has a name'],
])('%j of %j is refused', (wanted, names, message) => {
  expect(() => choose('scenario', wanted, names)).toThrow(message);
});

test('a long list of names is not read out', () => {
  const names = Array.from({ length: 20 }, (_, i) => `name number ${i}`);
  expect(unknownName('scenario', 'x', names).message).toBe('no scenario is called "x"');
});
