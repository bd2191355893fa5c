import { readFileSync } from 'node:fs';
import { check, type Trace, traceWitness } from '../../../engine/index.ts';
import { readScenarioFile } from '../../../server/language/index.ts';

/** The losing interleaving that the engine finds in the shipped scenario of the race. */
export function seedTrace(): Trace {
  const file = new URL('../../../scenarios/page-release-vs-fast-fsync.fsrace', import.meta.url);
  const scenario = readScenarioFile(readFileSync(file, 'utf8')).scenarios[0]?.scenario;
  if (scenario === undefined) throw new Error('the shipped scenario cannot be checked');
  return traceWitness(scenario, check(scenario).violations[0]?.witness ?? []);
}
