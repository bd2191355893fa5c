import type { StepDescription } from '../operations/step-table.ts';
import type { StepCoverage } from './coverage.ts';

/** See `StepCoverage`. Every number counts scenarios; steps are told apart by label and by what they do, which differs between releases. */
export interface StepTally {
  readonly name: string;
  readonly label: string;
  readonly does: string;
  /** That have the step in a table; 0 for one that needs something none has: names, a mount option. */
  readonly present: number;
  readonly taken: number;
  readonly skipped: number | null;
  readonly leftOut: number | null;
  readonly waited: number | null;
  /** Where it was not seen to wait, it cannot. */
  readonly waitsKnown: boolean;
  readonly targets: readonly TargetTally[];
}

export interface TargetTally {
  readonly label: string;
  readonly taken: number;
}

/** Numbers of scenarios of which something is true. */
type Scenarios = Set<number>;

/** A step of some tables, and in which scenarios what happens with it; undefined for what never can. */
interface TalliedStep {
  readonly name: string;
  readonly label: string;
  readonly does: string;
  readonly present: Scenarios;
  readonly taken: Scenarios;
  skipped: Scenarios | undefined;
  leftOut: Scenarios | undefined;
  waited: Scenarios | undefined;
  waitsKnown: boolean;
  readonly targets: Map<string, Scenarios>;
}

/** A step as any table has it. */
type TableStep = Pick<StepDescription, 'name' | 'does'> & { readonly label?: string };

/** The tables of one kind of operation, put together. */
export class TableTally {
  readonly #steps: TalliedStep[] = [];
  readonly #scenarios: Scenarios = new Set();

  /** How many scenarios have such an operation. */
  get scenarios(): number {
    return this.#scenarios.size;
  }

  /** Adds the table of an operation of scenario number `scenario`; `allStates` as in its coverage. */
  add(scenario: number, table: readonly StepCoverage[], allStates: boolean): void {
    this.#scenarios.add(scenario);
    const own = this.#merge(table, (known, { label, does }) => known.label === label && known.does === does);
    for (const [i, step] of table.entries()) note(own[i]!, scenario, step, allStates);
  }

  /** Adds steps that the operation has elsewhere: with names, or other mount options. */
  addPossible(table: readonly TableStep[]): void {
    this.#merge(table, (known, { name, does }) => known.name === name && known.does === does);
  }

  get steps(): StepTally[] {
    return this.#steps.map(({ present, taken, skipped, leftOut, waited, targets, ...step }) => ({
      ...step,
      present: present.size,
      taken: taken.size,
      skipped: skipped?.size ?? null,
      leftOut: leftOut?.size ?? null,
      waited: waited?.size ?? null,
      targets: [...targets].map(([label, scenarios]) => ({ label, taken: scenarios.size })),
    }));
  }

  /** Finds the steps of a table among the known ones; a new one goes behind the one that it follows in the table. */
  #merge<Step extends TableStep>(
    table: readonly Step[],
    isSame: (known: TalliedStep, step: Step) => boolean,
  ): TalliedStep[] {
    let behind = 0;
    return table.map((step) => {
      const isKnown = (known: TalliedStep) => isSame(known, step);
      const further = this.#steps.findIndex((known, i) => i >= behind && isKnown(known));
      const place = further >= 0 ? further : this.#steps.findIndex(isKnown);
      if (place < 0) this.#steps.splice(behind, 0, unseen(step));
      else behind = place;
      return this.#steps[behind++]!;
    });
  }
}

function unseen({ name, label = name, does }: TableStep): TalliedStep {
  const never = { skipped: undefined, leftOut: undefined, waited: undefined };
  return { name, label, does, present: new Set(), taken: new Set(), ...never, waitsKnown: true, targets: new Map() };
}

function note(own: TalliedStep, scenario: number, step: StepCoverage, allStates: boolean): void {
  own.present.add(scenario);
  if (step.taken) own.taken.add(scenario);
  own.skipped = noted(own.skipped, scenario, step.skipped);
  own.leftOut = noted(own.leftOut, scenario, step.leftOut);
  own.waited = noted(own.waited, scenario, step.waited);
  if (step.waited === false && !allStates) own.waitsKnown = false;
  for (const { label, taken } of step.targets) {
    own.targets.set(label, noted(own.targets.get(label), scenario, taken) ?? new Set());
  }
}

function noted(own: Scenarios | undefined, scenario: number, isTrue: boolean | null): Scenarios | undefined {
  if (isTrue === null) return own;
  const scenarios = own ?? new Set();
  return isTrue ? scenarios.add(scenario) : scenarios;
}
