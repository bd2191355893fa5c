import { type FailureKind, type FaultOperation, failingOperations, failingSteps } from '../../engine/index.ts';
import { isModelled } from './modelled-operations.ts';
import { bindReference } from './references.ts';
import type { Scope } from './scope.ts';
import type { OperationNode } from './syntax-tree.ts';

/** Lowers a fault, which is on something that can fail; undefined when something about it was reported. */
export function bindFault({ failure, on: place }: OperationNode, scope: Scope): FaultOperation | undefined {
  const { errors } = scope.problems;
  const on = place && bindReference(place, scope);
  const kind = failureKinds.find((word) => word === failure?.text);
  if (on === undefined || place?.operation === undefined || kind === undefined || scope.problems.errors > errors)
    return undefined;
  const {
    word: { text: word },
    file,
  } = scope.tasks[on.task]!.node.operations[on.operation]!;
  const onDirectory = file !== undefined && scope.names.directory(file) !== undefined;
  const steps = isModelled(word) ? failingSteps(word, kind, onDirectory) : [];
  if (on.step === undefined ? steps.length > 0 : steps.includes(on.step)) return { kind: 'fault', failure: kind, on };
  const others = failingOperations(kind).map((other) => `${other}@${failingSteps(other, kind).join('|')}`);
  const message =
    steps.length === 0
      ? `no step of \`${word}\` can fail by \`${kind}\`; those that can are ${quoted(others)}`
      : `of \`${word}\`, only ${quoted(steps)} can fail by \`${kind}\``;
  scope.problems.error('impossible-fault', message, place.step?.span ?? place.operation.span);
  return undefined;
}

const failureKinds: readonly FailureKind[] = ['enomem', 'io'];

function quoted(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}
