import { describe, expect, test } from 'vitest';
import { leftOut } from '../../engine/guards/left-out.ts';
import { check, type Guard, guards, isRetired, profileOf, type Scenario } from '../../engine/index.ts';
import { compareReleases } from '../../engine/releases.ts';
import { type CatalogueFile, catalogueFiles } from './catalogue-files.ts';
import { GeneratedPage, table } from './generated.ts';

const page = new GeneratedPage('catalogue.md');

function overview(): string {
  return table(
    ['', 'guard', 'commit', 'fixed in', 'lost', 'fstests', 'scenario'],
    guards.map((guard) => [
      `[${guard.entry}](#${anchor(guard)})`,
      `\`${guard.name}\``,
      guard.commit ?? '',
      guard.fixed ?? 'no release',
      guard.loses,
      guard.fstest ?? '',
      filesOf(guard).map(link).join(', '),
    ]),
  );
}

function filesOf(guard: Guard): CatalogueFile[] {
  return catalogueFiles.filter((file) => file.guards.includes(guard));
}

function link({ file }: CatalogueFile): string {
  return `[${file.replace(/^catalogue\/(.*)\.fsrace$/, '$1')}](../scenarios/${file})`;
}

function heading(guard: Guard): string {
  return `${guard.entry}: ${guard.name}`;
}

/** As Markdown viewers derive it from the heading. */
function anchor(guard: Guard): string {
  return heading(guard)
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function entry(guard: Guard): string {
  const { commit, subject, introduced, fixed, retired, stable } = guard;
  const times = [
    introduced === null ? '' : `needed since ${introduced}`,
    fixed === null ? 'in no release' : `in ${fixed} and later`,
    stable.length === 0 ? '' : `in stable from ${stable.join(', ')}`,
    retired === null ? '' : `its code is gone in ${retired}`,
  ].filter((time) => time !== '');
  return [
    `### ${heading(guard)}`,
    `${commit === null ? '' : `${commit} `}*${subject}* · \`${guard.actsIn}\` · ${times.join(', ')}`,
    `${guard.without} Lost: ${guard.loses}.`,
    `The guard: ${guard.does}`,
    ...filesOf(guard).map((file) => `${link(file)}:\n\n${verdicts(file)}`),
  ].join('\n\n');
}

function verdicts({ scenarios }: CatalogueFile): string {
  return table(
    ['scenario', 'kernel', 'guards', 'verdict', 'interleavings', 'losing', 'states'],
    scenarios.map((scenario) => {
      const { verdict, interleavings, states } = check(scenario);
      const set = Object.entries(scenario.guards).map(([name, on]) => `\`${name}\` ${on ? 'on' : 'off'}`);
      return [
        scenario.name,
        profileOf(scenario).release,
        set.join(', '),
        verdict === 'safe' ? 'safe (proved)' : verdict,
        interleavings.total,
        interleavings.losing,
        String(states),
      ];
    }),
  );
}

describe('the bug catalogue', () => {
  test('is printed from the engine (UPDATE_DOCS=1 writes it)', () => {
    const content = `${overview()}\n${guards.map(entry).join('\n\n')}`;
    expect(page.section('catalogue', content)).toBe(content);
  });

  test('names what it leaves out', () => {
    const content = table(
      ['', 'commits', 'subject', 'why'],
      leftOut.map(({ entry: id, commits, subject, reason }) => [id, commits.join(', '), subject, reason]),
    );
    expect(page.section('left-out', content)).toBe(content);
  });

  test.each(catalogueFiles)('$file shows what one guard decides', ({ scenarios, guards: deciding }) => {
    expect(deciding.map(({ name }) => name)).toHaveLength(1);
    const [first, last] = [scenarios[0]!, scenarios.at(-1)!];
    const [guard] = deciding;
    expect(check(first).verdict).toBe('unsafe');
    expect(check(last)).toMatchObject({ verdict: 'safe', complete: true });
    expect(sameButFor(guard!.name, last)).toEqual(sameButFor(guard!.name, first));
    // The bug acts in the release: neither fixed there nor, where the guard is set by hand, gone.
    const { release } = profileOf(first);
    expect(isRetired(guard!, release)).toBe(false);
    if (first.guards[guard!.name] === undefined && guard!.fixed !== null) {
      expect(compareReleases(release, guard!.fixed)).toBeLessThan(0);
    }
  });

  test.each(guards)('$name has a scenario', (guard) => {
    expect(filesOf(guard).map(({ file }) => file)).not.toEqual([]);
  });

  /** What the engine checks of a scenario, without one guard, the name, and what its author expects. */
  function sameButFor(name: string, scenario: Scenario) {
    const { guards: set, name: _name, expect: _expect, schedules: _schedules, ...rest } = scenario;
    return { ...rest, guards: Object.fromEntries(Object.entries(set).filter(([guard]) => guard !== name)) };
  }
});
