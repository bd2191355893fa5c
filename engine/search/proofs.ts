import { compile, type ProfileOverrides, profileOf } from '../program.ts';
import { Runner } from '../replay/runner.ts';
import type { Scenario } from '../scenario.ts';
import type { Verdict, WitnessStep } from '../verdict.ts';
import { type CheckOptions, check } from './check.ts';
import { SharedFootprints } from './footprints.ts';
import { FoundViolations } from './found-violations.ts';

/** How a scenario fares under one profile. */
export interface Outcome {
  readonly verdict: Verdict['verdict'];
  /** How many interleavings were proved to be safe; undefined where they were not, or were too many to count. */
  readonly interleavings?: string | undefined;
  /** Guards and rules that the run (for a loss: the losing one alone) looked at. While none of them changes, nothing does. */
  readonly consulted: ReadonlySet<string>;
}

/** A search that was done, with the values of the switches that it looked at. */
interface Search {
  readonly switches: ReadonlyMap<string, boolean | undefined>;
  readonly outcome: Outcome;
}

/**
 * Tells of one scenario under many profiles whether it is safe, and searches only where that does not follow from what was
 * found before: a search that looked at no switch in which two profiles differ goes the same way under both, and an
 * interleaving that loses data under one is tried under the others first.
 */
export class Proofs {
  /** How many searches it took. */
  searches = 0;
  readonly #scenario: Scenario;
  readonly #options: CheckOptions;
  readonly #footprints = new SharedFootprints();
  readonly #done: Search[] = [];
  /** Interleavings that lose data under some profile, the last one of use first. */
  readonly #witnesses: (readonly WitnessStep[])[] = [];

  constructor(scenario: Scenario, options: CheckOptions = {}) {
    this.#scenario = scenario;
    this.#options = options;
  }

  /** Under the profile of the scenario with the overrides of the options, and these over both. */
  judge(changes: ProfileOverrides): Outcome {
    const { overrides } = this.#options;
    const all = { ...overrides, ...changes, guards: { ...overrides?.guards, ...changes.guards } };
    const stateOf = this.#switchesOf(all);
    const isAlike = ({ switches }: Search) => [...switches].every(([name, value]) => stateOf(name) === value);
    return this.#done.find(isAlike)?.outcome ?? this.#tryWitnesses(all) ?? this.#search(all, stateOf);
  }

  #switchesOf(overrides: ProfileOverrides): (name: string) => boolean | undefined {
    const { guards, rules } = profileOf(this.#scenario, overrides);
    const switches: Readonly<Record<string, boolean>> = { ...rules, ...guards };
    return (name) => switches[name];
  }

  #tryWitnesses(overrides: ProfileOverrides): Outcome | undefined {
    for (const [i, witness] of this.#witnesses.entries()) {
      const consulted = losesBy(this.#scenario, overrides, witness);
      if (consulted === undefined) continue;
      this.#witnesses.splice(i, 1);
      this.#witnesses.unshift(witness);
      return { verdict: 'unsafe', consulted };
    }
    return undefined;
  }

  #search(overrides: ProfileOverrides, stateOf: (name: string) => boolean | undefined): Outcome {
    this.searches++;
    const noted = new Set<string>();
    const noteSwitch = (name: string) => {
      noted.add(name);
    };
    const options = {
      ...this.#options,
      overrides,
      noteSwitch,
      untilFirstViolation: true,
      footprints: this.#footprints,
    };
    const { verdict, interleavings, violations, bound } = check(this.#scenario, options);
    const witness = violations[0]?.witness;
    if (witness !== undefined) this.#witnesses.unshift(witness);
    const consulted = (witness && losesBy(this.#scenario, overrides, witness)) ?? noted;
    const isCounted = verdict === 'safe' && interleavings.exact;
    const outcome = { verdict, interleavings: isCounted ? interleavings.total : undefined, consulted };
    if (bound?.kind !== 'cancelled') {
      this.#done.push({ switches: new Map([...noted].map((name) => [name, stateOf(name)])), outcome });
    }
    return outcome;
  }
}

/** The switches that were looked at when the steps can be run under a profile and lose data; else undefined. */
function losesBy(
  scenario: Scenario,
  overrides: ProfileOverrides,
  witness: readonly WitnessStep[],
): ReadonlySet<string> | undefined {
  const consulted = new Set<string>();
  const noteSwitch = (name: string) => {
    consulted.add(name);
  };
  const program = compile(scenario, overrides, { noteSwitch });
  const runner = new Runner(program);
  const violations = new FoundViolations(program);
  for (const step of witness) {
    if (violations.judge(runner.state, 0, 0)) return consulted;
    if (!runner.tryToFollow(step)) return undefined;
  }
  return violations.judge(runner.state, 0, 0) ? consulted : undefined;
}
