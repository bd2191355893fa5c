import { nearestName } from '../language/did-you-mean.ts';
import { Misuse } from './exit-codes.ts';

/** The longest list of valid names that a complaint shows. */
const mostNames = 8;

/** Complains that there is no `what` of that name, with the nearest valid one, or all when they are few. */
export function unknownName(what: string, name: string, names: readonly string[]): Misuse {
  return new Misuse(`no ${what} is called "${name}"${hint(name, names)}`);
}

function hint(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `; did you mean "${nearest}"?`;
  if (names.length === 0) return '; none has a name';
  return names.length > mostNames ? '' : `; choose from ${names.map((known) => `"${known}"`).join(', ')}`;
}

/**
 * Index of the item that is meant by its name, or by its number counted from 1 for those without a name.
 * Throws a Misuse when there is none.
 */
export function choose(what: string, wanted: string, names: readonly string[]): number {
  const named = names.indexOf(wanted);
  if (named >= 0) return named;
  const number = /^\d+$/.test(wanted) ? Number(wanted) - 1 : -1;
  if (number >= 0 && number < names.length) return number;
  throw unknownName(
    what,
    wanted,
    names.filter((name) => name !== ''),
  );
}
