// @ts-check
import { stripVTControlCharacters } from 'node:util';

/**
 * @template Context
 * @typedef {Record<string, (context: Context) => Promise<void>>} TestList what is true, and the check of it
 */

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {'passed' | 'failed' | 'skipped'} outcome
 * @property {string} detail how long it took, why it failed, or why it was skipped
 */

/**
 * Runs tests one after the other.
 * @template Context
 * @param {TestList<Context>} tests
 * @param {Context} context
 * @param {(result: Result) => void} report called after each
 * @returns {Promise<boolean>} whether none failed
 */
export async function runTests(tests, context, report) {
  let good = true;
  for (const [name, check] of Object.entries(tests)) {
    const result = await runTest(name, () => check(context));
    good &&= result.outcome === 'passed';
    report(result);
  }
  return good;
}

/**
 * Runs tests of which each goes on where the one before ended: after a failure the others are skipped.
 * @template Context
 * @param {TestList<Context>} steps
 * @param {Context} context
 * @param {(result: Result) => void} report called after each
 * @param {(name: string) => Promise<void>} onFailure is called while what went wrong can still be seen
 */
export async function runJourney(steps, context, report, onFailure) {
  /** @type {string | undefined} */
  let failed;
  for (const [name, check] of Object.entries(steps)) {
    if (failed !== undefined) {
      report({ name, outcome: 'skipped', detail: `it comes after “${failed}”` });
      continue;
    }
    const result = await runTest(name, () => check(context));
    if (result.outcome === 'failed') {
      failed = name;
      await onFailure(name);
    }
    report(result);
  }
}

/**
 * @param {string} name
 * @param {() => Promise<void>} check
 * @returns {Promise<Result>}
 */
async function runTest(name, check) {
  const start = performance.now();
  try {
    await check();
    return { name, outcome: 'passed', detail: `${Math.round(performance.now() - start)} ms` };
  } catch (error) {
    const detail = error instanceof Error ? String(error.stack) : String(error);
    return { name, outcome: 'failed', detail: stripVTControlCharacters(detail) };
  }
}

/**
 * @param {Result} result
 * @returns {string} a line, and for a failure further ones with the reason
 */
export function describeResult({ name, outcome, detail }) {
  return outcome === 'failed'
    ? `${outcome}: ${name}\n  ${detail.replaceAll('\n', '\n  ')}`
    : `${outcome}: ${name} (${detail})`;
}

/**
 * The inverse of describeResult, for a text that came through the console of another process.
 * @param {string} text
 * @returns {Result | undefined} nothing when the text is something else
 */
export function parseResult(text) {
  const passed = /^(passed|skipped): (.*) \((.*)\)$/.exec(text);
  const failed = /^(failed): (.*)\n {2}([\s\S]*)$/.exec(text);
  const [, outcome, name, detail] = passed ?? failed ?? [];
  if (name === undefined || detail === undefined) return undefined;
  if (outcome !== 'passed' && outcome !== 'failed' && outcome !== 'skipped') return undefined;
  return { name, outcome, detail: detail.replaceAll('\n  ', '\n') };
}

/**
 * @param {readonly Result[]} results
 * @returns {string} the line that closes a run
 */
export function summary(results) {
  /** @param {Result['outcome']} wanted */
  const count = (wanted) => results.filter(({ outcome }) => outcome === wanted).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}
