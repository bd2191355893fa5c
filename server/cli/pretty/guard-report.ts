import type { FoundFixes, KernelProfile, ReleaseVerdict, Verdict } from '../../../engine/index.ts';
import type { Terminal } from '../terminal.ts';
import { type Cell, table } from './table.ts';
import { describeFix } from './words.ts';

/** What is known about the repair of one scenario. */
export interface ScenarioRepair {
  readonly name: string;
  /** `path:line` */
  readonly place: string;
  readonly profile: KernelProfile;
  readonly verdict: Verdict['verdict'];
  /** The minimal sets of guards that make it safe, proved. */
  readonly found: FoundFixes;
  /** By release, the oldest first. */
  readonly releases: readonly ReleaseVerdict[];
}

/** Which guards make a scenario safe, and on which releases it is. */
export function guardReport(terminal: Terminal, repair: ScenarioRepair): string[] {
  const { colors, width } = terminal;
  const { name, place, profile, releases } = repair;
  const rows = releases.map(({ first, last, verdict }): Cell[] => [
    { text: first === last ? first : `${first} – ${last}` },
    { text: verdict, paint: verdictColor(terminal, verdict) },
  ]);
  return [
    colors.bold(name || 'a scenario without a name'),
    `${place}, kernel ${profile.release}: ${verdictColor(terminal, repair.verdict)(repair.verdict)}`,
    '',
    ...fixLines(repair),
    '',
    ...table(rows, { width, indent: 2 }),
    '',
    badReleases(repair),
  ];
}

function fixLines({ verdict, found: { fixes, complete } }: ScenarioRepair): string[] {
  if (verdict === 'safe') return ['  Safe as it is: it needs no further guard.'];
  if (verdict === 'unknown') return ['  The search hit its bound: raise it to learn which guards help.'];
  if (fixes.length === 0) return ['  No set of guards was proved to make it safe.'];
  const more = complete ? [] : ['    There may be others: the search for them ended at its bound.'];
  return ['  Safe with, at least:', ...fixes.map((fix) => `    ${describeFix(fix)}`), ...more];
}

function badReleases({ releases }: ScenarioRepair): string {
  const bad = releases.filter(({ verdict }) => verdict === 'unsafe');
  const [first, last] = [bad[0], bad.at(-1)];
  if (first === undefined || last === undefined) return '  No known release is bad.';
  const still = last === releases.at(-1) ? ', the newest one known' : '';
  return `  First bad release ${first.first}, last bad release ${last.last}${still}.`;
}

function verdictColor({ colors }: Terminal, verdict: Verdict['verdict']): (text: string) => string {
  return { safe: colors.green, unsafe: colors.red, unknown: colors.yellow }[verdict];
}
