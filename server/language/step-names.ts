import { stepNames as namesFromTables, type OperationKind } from '../../engine/index.ts';

/** Names of the steps of an operation, in order; of the completion of an ordered extent for `endio`. */
export type StepNames = (kind: OperationKind | 'endio') => readonly string[];

const known = new Map<OperationKind | 'endio', readonly string[]>();

/** The engine's steps, which it reads off compiled programs: asked once, for they never change. */
export const stepNames: StepNames = (kind) => {
  const names = known.get(kind) ?? namesFromTables(kind);
  known.set(kind, names);
  return names;
};
