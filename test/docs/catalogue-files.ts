import { type Guard, guards, profileOf, type Scenario } from '../../engine/index.ts';
import { shippedFiles } from '../shipped-scenarios.ts';

/** A file of scenarios/catalogue/: the same race without a guard, first, and with it, last. */
export interface CatalogueFile {
  /** Below scenarios/. */
  readonly file: string;
  readonly scenarios: readonly Scenario[];
  /** The guards that the last scenario has on and the first has not. */
  readonly guards: readonly Guard[];
}

/** The catalogue's files in order of their names. */
export const catalogueFiles: readonly CatalogueFile[] = shippedFiles
  .filter(({ file }) => file.startsWith('catalogue/'))
  .map((reading) => {
    const scenarios = reading.scenarios.flatMap(({ scenario }) => (scenario === undefined ? [] : [scenario]));
    const off = profileOf(scenarios[0]!).guards;
    const on = profileOf(scenarios.at(-1)!).guards;
    return { file: reading.file, scenarios, guards: guards.filter((guard) => on[guard.name] && !off[guard.name]) };
  });
