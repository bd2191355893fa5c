import { guards } from '../../../engine/index.ts';
import type { Terminal } from '../terminal.ts';
import { type Cell, table } from './table.ts';

/** The guard catalogue. */
export function guardTable({ colors, width }: Terminal): string[] {
  const heading = ['', 'guard', 'needed', 'fixed', 'gone', 'commit', 'subject'];
  const rows = guards.map(({ entry, name, introduced, fixed, retired, commit, subject }): Cell[] => [
    { text: entry },
    { text: name, paint: colors.bold },
    { text: introduced ?? 'always' },
    { text: fixed ?? 'never' },
    { text: retired ?? '' },
    { text: commit ?? '' },
    { text: subject },
  ]);
  return [
    ...table([heading.map((text) => ({ text, paint: colors.dim })), ...rows], { width }),
    '',
    'needed: first release with the code that needs it; fixed: first release that has it; gone: first',
    'release without the code that it was in. `fsrace explain GUARD` tells what each does.',
  ];
}
