import type { TextFix } from './diagnostic.ts';
import type { Span } from './syntax-tree.ts';

/** A longer list is not searched: the answer would come late, and be wrong. */
const mostNames = 500;

/**
 * The name that was probably meant: the nearest by edit distance (insert, delete, replace, swap
 * neighbours), at most a third of the word away; among equals the first. Case counts less than a letter.
 */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  if (names.length > mostNames) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 0.75;
  for (const name of names) {
    if (Math.abs(name.length - word.length) > bestDistance) continue;
    const otherCase = name.toLowerCase() === word.toLowerCase();
    const distance = otherCase ? 0.5 : editDistance(word, name);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Ends a message about an unknown word, and repairs it: `; did you mean …?`, or which names there are. */
export function suggestion(
  word: string,
  span: Span,
  names: readonly string[],
): { readonly hint: string; readonly fixes?: readonly TextFix[] } {
  const nearest = nearestName(word, names);
  if (nearest !== undefined) {
    return {
      hint: `; did you mean \`${nearest}\`?`,
      fixes: [{ title: `Replace with \`${nearest}\``, edits: [{ span, newText: nearest }] }],
    };
  }
  if (names.length === 0) return { hint: '; none is declared' };
  if (names.length > 8) return { hint: '' };
  return { hint: `; expected ${names.map((name) => `\`${name}\``).join(', ')}` };
}

/** Damerau-Levenshtein distance (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1];
      let distance = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) distance = Math.min(distance, beforeLast[j - 2]! + 1);
      row.push(distance);
    }
    [beforeLast, last] = [last, row];
  }
  return last[right.length]!;
}
