import { type OperationKind, stepNames } from '../engine/index.ts';
import { readScenarioFile, type ScenarioFileReading } from './language/index.ts';

const namesByKind = new Map<OperationKind | 'endio', readonly string[]>();

/** Names of the steps that an operation has in any release; worked out once. */
export function stepNamesOf(kind: OperationKind | 'endio'): readonly string[] {
  let names = namesByKind.get(kind);
  if (names === undefined) {
    names = stepNames(kind);
    namesByKind.set(kind, names);
  }
  return names;
}

/** Reads a scenario file and checks its step names against the model. */
export function readScenarios(text: string): ScenarioFileReading {
  return readScenarioFile(text, { stepNames: stepNamesOf });
}
