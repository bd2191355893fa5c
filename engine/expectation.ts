import { formatRange } from './format.ts';
import type { Expectation, Scenario } from './scenario.ts';
import type { Verdict, Violation } from './verdict.ts';

/** How a verdict compares with what the author said. */
export interface ExpectationResult {
  /** As the language writes it; `safe` when the scenario says nothing. */
  readonly declared: string;
  readonly met: boolean;
  /** Indices into `scenario.expect` of those that match no violation. */
  readonly unmet: readonly number[];
  /** For each violation of the verdict: some `expect` covers it. */
  readonly expected: readonly boolean[];
}

/**
 * Compares a verdict with the scenario's `expect` members: met when every violation is covered by one,
 * each matches a whole violation, and no task waits for ever. A bounded search that found nothing meets
 * `safe`: its verdict `unknown` says the rest.
 */
export function judgeExpectation(scenario: Scenario, verdict: Verdict): ExpectationResult {
  const losses = scenario.expect.filter((expectation) => expectation.kind !== 'safe');
  const expected = verdict.violations.map((violation) => losses.some((loss) => covers(loss, violation)));
  const unmet = scenario.expect.flatMap((expectation, i) =>
    expectation.kind === 'safe'
      ? verdict.verdict === 'unsafe'
        ? [i]
        : []
      : verdict.violations.some((violation) => matches(expectation, violation))
        ? []
        : [i],
  );
  return {
    declared: losses.length === 0 ? 'safe' : losses.map((loss) => describe(scenario, loss)).join(', '),
    met: unmet.length === 0 && expected.every(Boolean) && verdict.deadlock === undefined,
    unmet,
    expected,
  };
}

function covers(expectation: Expectation, { kind, file, range }: Violation): boolean {
  return (
    expectation.kind === kind &&
    expectation.file === file &&
    expectation.range.start <= range.start &&
    expectation.range.end >= range.end
  );
}

function matches(expectation: Expectation, violation: Violation): boolean {
  return (
    expectation.kind !== 'safe' &&
    covers(expectation, violation) &&
    expectation.range.start === violation.range.start &&
    expectation.range.end === violation.range.end
  );
}

function describe({ files }: Scenario, expectation: Expectation): string {
  if (expectation.kind === 'safe') return 'safe';
  return `${expectation.kind} ${files[expectation.file]!.name} ${formatRange(expectation.range)}`;
}
