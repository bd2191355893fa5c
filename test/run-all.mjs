// @ts-check
/**
 * Runs every check and every test suite, shows what they print, and ends with one line:
 * `N passed, N failed, N skipped`. The exit code is 0 only when nothing failed.
 * A check (build, types, lint, import rules, dead code) counts as one test.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/**
 * One command and how to count its tests; without `count` the command is one test. `count` throws when the
 * command left nothing to count.
 * @typedef {{ name: string, command: readonly string[], count?: (output: string) => Counts }} Suite
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = mkdtempSync(join(tmpdir(), 'fsrace-test-'));
const vitestReport = join(reports, 'vitest.json');
const grammarReports = join(reports, 'grammar');

/** @type {readonly Suite[]} */
const suites = [
  { name: 'build', command: npmScript('build') },
  { name: 'types', command: npmScript('types') },
  { name: 'lint', command: npmScript('lint') },
  { name: 'import rules', command: npmScript('deps') },
  { name: 'dead code', command: npmScript('knip') },
  {
    name: 'unit',
    command: npmScript('unit', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`),
    count: countVitest,
  },
  { name: 'grammar', command: npmScript('grammar', '--xunit-report', grammarReports), count: countXunit },
  { name: 'editor', command: ['node', 'test/editor/run.mjs'], count: countClosingLine },
];

/**
 * @param {string} script
 * @param {...string} options
 */
function npmScript(script, ...options) {
  return ['npm', 'run', '--silent', script, ...(options.length > 0 ? ['--', ...options] : [])];
}

/** Vitest's JSON report. A test file that fails before its first test counts as one failure. */
function countVitest() {
  const report = JSON.parse(readFileSync(vitestReport, 'utf8'));
  const files = /** @type {{ status: string, assertionResults: { status: string }[] }[]} */ (report.testResults);
  const statuses = files.flatMap((file) => file.assertionResults.map((test) => test.status));
  const brokenFiles = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  return { passed, failed: failed + brokenFiles.length, skipped: statuses.length - passed - failed };
}

/** The XUnit files that vscode-tmgrammar-test writes, one per grammar test file. */
function countXunit() {
  const totals = readdirSync(grammarReports).map((name) => {
    const [suite = ''] = /<testsuite\b[^>]*>/.exec(readFileSync(join(grammarReports, name), 'utf8')) ?? [];
    const number = (/** @type {string} */ attribute) =>
      Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const failed = number('failures') + number('errors');
    const skipped = number('skipped');
    return { passed: number('tests') - failed - skipped, failed, skipped };
  });
  return sum(totals);
}

/**
 * A suite of our own says its counts in its last such line.
 * @param {string} output
 * @returns {Counts}
 */
function countClosingLine(output) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  if (!last) throw new Error('no closing line "N passed, N failed, N skipped"');
  return { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3]) };
}

/** @param {readonly Counts[]} parts */
function sum(parts) {
  return parts.reduce(
    (total, part) => ({
      passed: total.passed + part.passed,
      failed: total.failed + part.failed,
      skipped: total.skipped + part.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/**
 * Runs a command in the project's root, passing on what it prints.
 * @param {readonly string[]} command
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
function run([program = '', ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve({ exitCode: 1, output });
    });
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output }));
  });
}

/**
 * Counts a suite that ended. A suite that failed without a failed test, or left no counts, is itself one failure.
 * @param {Suite} suite
 * @param {{ exitCode: number, output: string }} result
 * @returns {Counts}
 */
function countSuite(suite, { exitCode, output }) {
  if (!suite.count) return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
  try {
    const counts = suite.count(output);
    return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    console.error(`${suite.name}: cannot count its tests: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** @param {Counts} counts */
function describe({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** @type {{ name: string, counts: Counts, seconds: number }[]} */
const results = [];
for (const suite of suites) {
  console.log(`\n=== ${suite.name}: ${suite.command.join(' ')}`);
  const start = performance.now();
  const counts = countSuite(suite, await run(suite.command));
  results.push({ name: suite.name, counts, seconds: (performance.now() - start) / 1000 });
}
rmSync(reports, { recursive: true, force: true });

console.log('\n=== summary');
for (const { name, counts, seconds } of results) {
  console.log(`${name.padEnd(13)} ${describe(counts)} (${seconds.toFixed(1)} s)`);
}
const total = sum(results.map(({ counts }) => counts));
console.log(describe(total));
process.exitCode = total.failed === 0 ? 0 : 1;
