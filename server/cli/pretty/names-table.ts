import type { Terminal } from '../terminal.ts';
import { table } from './table.ts';

/** Lists of names, each behind what is said of them; nothing where there are none. */
export function namesTable(
  { colors, width }: Terminal,
  lists: readonly (readonly [title: string, names: readonly string[]])[],
): string[] {
  const rows = lists.filter(([, names]) => names.length > 0);
  return table(
    rows.map(([title, names]) => [{ text: title, paint: colors.dim }, { text: names.join(', ') }]),
    { width, indent: 2 },
  );
}
