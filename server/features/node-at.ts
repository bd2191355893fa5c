import type {
  ConditionNode,
  EntryNode,
  FileAttribute,
  Identifier,
  MemberNode,
  OperationNode,
  ReferenceNode,
  ScenarioNode,
  Span,
  SyntaxTree,
} from '../language/index.ts';
import { endio } from '../language/index.ts';
import { isModelled } from '../language/modelled-operations.ts';
import { stepNamesOf } from '../read-scenarios.ts';

/** Something in the text that can be explained. */
export type NodeAt = { readonly scenario: ScenarioNode; readonly span: Span } & (
  | { readonly kind: 'scenario' }
  | { readonly kind: 'member'; readonly member: MemberNode }
  | { readonly kind: 'operation'; readonly word: string }
  /** A step of an operation, or of the completions that it starts. */
  | { readonly kind: 'step'; readonly name: string; readonly operation: string }
  | { readonly kind: 'guard'; readonly name: string }
  | { readonly kind: 'kernel'; readonly release: string }
  | { readonly kind: 'mount-option'; readonly name: string }
  /** What a condition says: `fast`, `durable`. */
  | { readonly kind: 'condition'; readonly word: string }
  | { readonly kind: 'file-attribute'; readonly name: FileAttribute['kind'] }
);

/** What stands at an offset; undefined where there is nothing to explain. */
export function nodeAt(tree: SyntaxTree, offset: number): NodeAt | undefined {
  const scenario = tree.scenarios.find(({ span }) => covers(span, offset));
  if (scenario === undefined) return undefined;
  const name = scenario.name?.span ?? scenario.keyword;
  if (covers(name, offset) || covers(scenario.keyword, offset)) return { kind: 'scenario', scenario, span: name };
  const member = scenario.members.find(({ span }) => covers(span, offset));
  if (member === undefined) return undefined;
  if (covers(member.keyword, offset)) return { kind: 'member', member, scenario, span: member.keyword };
  const found = inMember(scenario, member, offset);
  return found && { ...found, scenario };
}

/** What a node is, without the scenario around it. */
type Found = NodeAt extends infer Node ? (Node extends NodeAt ? Omit<Node, 'scenario'> : never) : never;

function inMember(scenario: ScenarioNode, member: MemberNode, offset: number): Found | undefined {
  switch (member.kind) {
    case 'kernel':
      return at(member.version, offset, ({ text, span }) => ({ kind: 'kernel', release: text, span }));
    case 'guard':
      return at(member.name, offset, ({ text, span }) => ({ kind: 'guard', name: text, span }));
    case 'mount':
      return first(member.options, (option) =>
        at(option, offset, ({ text, span }) => ({ kind: 'mount-option', name: text, span })),
      );
    case 'file':
      return first(member.attributes, ({ kind, span: { start } }) => {
        const span = { start, end: start + kind.length };
        return covers(span, offset) ? { kind: 'file-attribute', name: kind, span } : undefined;
      });
    case 'task':
      return first(member.operations, (operation) => inOperation(scenario, operation, offset));
    case 'order':
      return inReference(scenario, member.before, offset) ?? inReference(scenario, member.after, offset);
    case 'interleaving':
      return first(member.entries, (entry) => inEntry(entry, offset));
    case 'reach':
      return member.condition && inCondition(scenario, member.condition, offset);
    default:
      return undefined;
  }
}

function inOperation(scenario: ScenarioNode, { word, on }: OperationNode, offset: number): Found | undefined {
  return asOperation(word, offset) ?? inReference(scenario, on, offset);
}

function inEntry(entry: EntryNode, offset: number): Found | undefined {
  if (entry.kind === 'crash') return undefined;
  const operation = entry.kind === 'endio' ? endio : entry.operation?.text;
  if (operation === undefined) return undefined;
  if (entry.kind === 'endio') {
    const span = { start: entry.span.start, end: entry.span.start + endio.length };
    if (covers(span, offset)) return { kind: 'operation', word: endio, span };
  }
  return (
    (entry.kind === 'task' ? asOperation(entry.operation, offset) : undefined) ?? asStep(entry.until, operation, offset)
  );
}

function inReference(scenario: ScenarioNode, reference: ReferenceNode | undefined, offset: number): Found | undefined {
  if (reference === undefined) return undefined;
  const word = operationWord(scenario, reference);
  if (word === undefined) return undefined;
  return (
    at(reference.operation, offset, ({ span }) => ({ kind: 'operation', word, span })) ??
    asStep(reference.step, word, offset)
  );
}

function inCondition(scenario: ScenarioNode, condition: ConditionNode, offset: number): Found | undefined {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return first(condition.operands, (operand) => inCondition(scenario, operand, offset));
    case 'not':
      return inCondition(scenario, condition.operand, offset);
    case 'operation':
      return inReference(scenario, condition.reference, offset) ?? asCondition(condition.state, offset);
    case 'task-at':
      return first(operationsOf(scenario, condition.task.text), ({ word }) =>
        isModelled(word.text) && stepNamesOf(word.text).includes(condition.step.text)
          ? asStep(condition.step, word.text, offset)
          : undefined,
      );
    case 'range':
      return asCondition(condition.state, offset);
    case 'file-flag':
      return asCondition(condition.flag, offset);
  }
}

function asCondition(word: Identifier, offset: number): Found | undefined {
  return at(word, offset, ({ text, span }) => ({ kind: 'condition', word: text, span }));
}

/** The word of the operation that a reference names, by label or by word. */
function operationWord(scenario: ScenarioNode, { task, operation }: ReferenceNode): string | undefined {
  return (
    operationsOf(scenario, task.text).find(({ label }) => label !== undefined && label.text === operation?.text)?.word
      .text ?? operation?.text
  );
}

function operationsOf({ members }: ScenarioNode, task: string): readonly OperationNode[] {
  const tasks = members.filter((member) => member.kind === 'task');
  return tasks.find(({ name }) => name?.text === task)?.operations ?? [];
}

function asOperation(word: Identifier | undefined, offset: number): Found | undefined {
  return at(word, offset, ({ text, span }) => ({ kind: 'operation', word: text, span }));
}

function asStep(step: Identifier | undefined, operation: string, offset: number): Found | undefined {
  return at(step, offset, ({ text, span }) => ({ kind: 'step', name: text, operation, span }));
}

function at(
  identifier: Identifier | undefined,
  offset: number,
  found: (identifier: Identifier) => Found,
): Found | undefined {
  return identifier !== undefined && covers(identifier.span, offset) ? found(identifier) : undefined;
}

function first<Item>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A cursor right behind a word is still at it. */
function covers({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}
