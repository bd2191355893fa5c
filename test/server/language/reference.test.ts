import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeOperation, guards, modelledReleases, operationKinds } from '../../../engine/index.ts';
import {
  expectationWords,
  fileAttributes,
  memberWords,
  mountOptions,
  operationWords,
  readScenarioFile,
} from '../../../server/language/index.ts';

const place = new URL('../../../docs/language.md', import.meta.url);
let reference = readFileSync(place, 'utf8');
if (process.env['UPDATE_DOCS']) {
  reference = withSection(withSection(reference, 'steps', stepTables()), 'guards', guardTable());
  writeFileSync(place, reference);
}

function section(name: string): RegExp {
  return new RegExp(`(<!-- ${name}: [^\\n]* -->\\n)([\\s\\S]*)(<!-- /${name} -->)`);
}

function withSection(text: string, name: string, content: string): string {
  return text.replace(section(name), (_, begin, _old, end) => `${begin}\n${content}\n${end}`);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** One table for each run of releases in which an operation has the same steps. */
function stepTables(): string {
  return operationKinds
    .filter((kind) => kind !== 'fdatasync')
    .map((kind) => {
      const runs: { first: string; last: string; rows: string }[] = [];
      for (const release of modelledReleases) {
        const { steps } = describeOperation(kind, release);
        const rows = table(
          ['step', 'locks', ''],
          steps.map(({ name, locks, does }) => [`\`${name}\``, locks, does]),
        );
        const run = runs.at(-1);
        if (run?.rows === rows) run.last = release;
        else runs.push({ first: release, last: release, rows });
      }
      const { synopsis, summary, kernelFunction } = describeOperation(kind);
      const tables = runs.map(({ first, last, rows }) => {
        if (runs.length === 1) return rows;
        return `${first === last ? `${first} and later` : `${first} to ${last}`}:\n\n${rows}`;
      });
      const note = kind === 'fsync' ? ' `fdatasync` has the same steps.' : '';
      return `### \`${synopsis}\`\n\n\`${kernelFunction}\`. ${summary}${note}\n\n${tables.join('\n')}`;
    })
    .join('\n');
}

function guardTable(): string {
  return table(
    ['guard', 'fixed in', 'code gone in', 'commit', 'does'],
    guards.map((guard) => [
      `\`${guard.name}\``,
      guard.fixed ?? 'no release',
      guard.retired ?? '',
      guard.commit ?? '',
      guard.does,
    ]),
  );
}

describe('the language reference', () => {
  test.each([
    ['steps', stepTables()],
    ['guards', guardTable()],
  ])('prints the %s of the engine (UPDATE_DOCS=1 writes them)', (name, content) => {
    expect(section(name).exec(reference)?.[2]).toBe(`\n${content}\n`);
  });

  test('fdatasync has the steps of fsync', () => {
    for (const release of modelledReleases) {
      expect(describeOperation('fdatasync', release).steps).toEqual(describeOperation('fsync', release).steps);
    }
  });

  test.each([...memberWords, ...operationWords, ...fileAttributes, ...mountOptions, ...expectationWords])(
    'mentions %s',
    (word) => {
      expect(reference).toMatch(new RegExp(`\`(?:[^\`]* )?${word}[ \`]`));
    },
  );

  test('every example is free of errors', () => {
    const examples = [...reference.matchAll(/```fsrace\n([\s\S]*?)```/g)].map(([, example]) => example!);
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      const { diagnostics, scenarios } = readScenarioFile(example);
      expect(diagnostics).toEqual([]);
      expect(scenarios.map(({ scenario }) => scenario === undefined)).not.toContain(true);
    }
  });
});
