import type { ProfileOverrides } from '../program.ts';
import { compile } from '../program.ts';
import { Runner } from '../replay/runner.ts';
import type { Scenario } from '../scenario.ts';
import { AccessRecord, type State } from '../state/layout.ts';
import { CompletionThread } from '../thread.ts';
import type { Violation } from '../verdict.ts';
import { enumerate, type Sentence, sentence } from './explanation.ts';
import { type Fact, overlaps } from './fact.ts';
import { factsOf } from './facts.ts';
import { LosingRun } from './losing-run.ts';
import { RunWords } from './run-words.ts';

/**
 * How guards would have prevented a violation: the first step of its witness that goes otherwise when they are on, and what
 * it does then. Undefined where that cannot be told. Throws `TooManySegments`.
 */
export function explainGuards(
  scenario: Scenario,
  violation: Violation,
  guards: readonly string[],
  overrides: ProfileOverrides = {},
): Sentence | undefined {
  const run = new LosingRun(scenario, violation, overrides);
  const words = new RunWords(run);
  const record = new AccessRecord();
  const on = Object.fromEntries(guards.map((name) => [name, true]));
  const program = compile(scenario, { ...overrides, guards: { ...overrides.guards, ...on } }, { record });
  const facts = factsOf(program, record);
  const runner = new Runner(program);
  const condition = `With ${guards.join(' and ')} on, `;
  for (const step of run.steps) {
    const witnessed = violation.witness[step.index]!;
    const thread = runner.threadOf(witnessed);
    if (thread instanceof CompletionThread && !runner.openCompletions().includes(thread)) return undefined;
    const position = thread.next(runner.state);
    const placed = thread.steps[position];
    if (placed === undefined) return undefined;
    const [before, found] = [runner.state.slice(), runner.says(thread)];
    if (!runner.tryToFollow(witnessed)) {
      const { name, waitsFor } = placed.step;
      const own = name === step.name ? [words.step(step)] : [name, ' of ', words.who(step)];
      if (waitsFor !== undefined && !thread.isReady(before, position)) {
        return sentence(condition, ...own, ` would have had to wait for ${waitsFor}.`);
      }
      if (name === step.name) return undefined;
      return sentence(condition, ...own, ' would have come before ', words.step(step), '.');
    }
    const other =
      findsOtherwise(step.thread.steps[step.position]!.step.says?.(step.before), found) ??
      doesOtherwise(clauses(words.facts, step.before, step.after), clauses(facts, before, runner.state));
    if (other !== undefined) return sentence(condition, words.step(step), ' ', other, '.');
  }
  return undefined;

  function clauses(all: readonly Fact[], before: State, after: State): string[] {
    const changed = before.map((word, i) => word ^ after[i]!);
    const isTold = (fact: Fact) => fact.kind !== 'lock' && words.isAbout(fact) && overlaps(fact.bits, changed);
    return all.flatMap((fact) => (isTold(fact) ? fact.changes(before, after) : []));
  }
}

/** A test comes out in another way. */
function findsOtherwise(found: string | undefined, instead: string | undefined): string | undefined {
  return instead === undefined || found === instead ? undefined : `would have found otherwise: ${instead}`;
}

/** The step does something else, more or less. */
function doesOtherwise(done: readonly string[], instead: readonly string[]): Sentence | undefined {
  const missing = done.filter((clause) => !instead.includes(clause));
  const added = instead.filter((clause) => !done.includes(clause));
  if (missing.length > 0 && added.length > 0) {
    return sentence('would not have ', enumerate(missing, 'nor'), ', but ', enumerate(added));
  }
  if (missing.length > 0) return sentence('would not have ', enumerate(missing, 'nor'));
  return added.length > 0 ? sentence('would also have ', enumerate(added)) : undefined;
}
