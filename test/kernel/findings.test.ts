import { spawnSync } from 'node:child_process';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';

/** The release that docs/findings.md tells of; another one may do something else, rightly. */
const measured = /^6\.18\./;
/** Those that hold what they wait for, so that they do not depend on time. */
const deterministic = ['in-log', 'logged-ordered-extent', 'mapped-store', 'write-error'];

interface Outcome {
  readonly experiment: string;
  readonly case: string;
  readonly expected: string;
  readonly seen: Readonly<Record<string, number>>;
}

function run(...options: string[]) {
  const script = fileURLToPath(new URL('../../experiments/run.py', import.meta.url));
  const { status, stdout, stderr, error } = spawnSync('python3', [script, ...options, ...deterministic], {
    encoding: 'utf8',
  });
  return { status, stdout: stdout ?? '', stderr: error?.message ?? stderr };
}

const list = run('--list');
const cases = list.stdout.trimEnd().split('\n');
const absent = measured.test(release()) ? lacks() : ` (skipped: measured on 6.18, this is ${release()})`;

/** Why they cannot run here; empty when they can. */
function lacks(): string {
  const [noPython, lacksSomething] = [null, 77];
  if (list.status === noPython || list.status === lacksSomething) return ` (skipped: ${list.stderr.trim()})`;
  if (list.status !== 0) throw new Error(list.stderr);
  return '';
}

// The names of skipped tests are not shown by default.
if (absent !== '') console.warn(`the experiments of docs/findings.md${absent}`);

describe.skipIf(absent !== '')(`the experiments of docs/findings.md${absent}`, () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(() => {
    const { stdout, stderr } = run('--json', '--trials', '2');
    if (stderr !== '') throw new Error(stderr);
    for (const line of stdout.trimEnd().split('\n')) {
      const outcome = JSON.parse(line) as Outcome;
      outcomes.set(`${outcome.experiment}: ${outcome.case}`, outcome);
    }
  }, 120_000);

  test.each(cases)('%s', (name) => {
    const { expected, seen } = outcomes.get(name)!;
    expect(seen).toEqual({ [expected]: 2 });
  });
});
