import { declaresDirectory, madeNames, NameTable } from './bind-names.ts';
import type { Problems } from './problems.ts';
import type { StepNames } from './step-names.ts';
import type { FileNode, Identifier, TaskNode } from './syntax-tree.ts';

/** One task with its operations by label and by word. */
export interface TaskScope {
  readonly node: TaskNode;
  readonly labels: ReadonlyMap<string, number>;
  readonly words: ReadonlyMap<string, readonly number[]>;
}

/** The names that are valid in one scenario, and where complaints about others go. */
export class Scope {
  readonly problems: Problems;
  readonly tasks: readonly TaskScope[];
  readonly steps: StepNames;
  readonly names: NameTable;
  readonly #files: ReadonlyMap<string, number>;
  readonly #taskIndices: ReadonlyMap<string, number>;
  /** Names that operations bring into being; whether they exist at some moment is not for the binder to say. */
  readonly #made: ReadonlySet<string>;

  constructor(members: readonly FileNode[], tasks: readonly TaskNode[], stepNames: StepNames, problems: Problems) {
    const directories = members.filter(declaresDirectory);
    const files = members.filter((node) => !declaresDirectory(node));
    this.problems = problems;
    this.steps = stepNames;
    this.#indices('file', members);
    this.#files = new Map(files.flatMap(({ name }, index) => (name === undefined ? [] : [[name.text, index]])));
    this.#taskIndices = this.#indices('task', tasks);
    this.#made = new Set(
      tasks.flatMap((task) => task.operations.flatMap((operation) => madeNames(operation).map(({ text }) => text))),
    );
    this.names = new NameTable(files, directories, tasks, problems);
    this.#reportPaths(tasks);
    this.tasks = tasks.map((node) => this.#taskScope(node));
  }

  #indices(what: string, nodes: readonly (FileNode | TaskNode)[]): Map<string, number> {
    const indices = new Map<string, number>();
    nodes.forEach(({ name }, index) => {
      if (name === undefined) return;
      const first = nodes[indices.get(name.text) ?? -1]?.name;
      if (first === undefined) indices.set(name.text, index);
      else this.problems.duplicate(`${what} \`${name.text}\` is declared twice`, name.span, first.span);
    });
    return indices;
  }

  #taskScope(node: TaskNode): TaskScope {
    const labels = new Map<string, number>();
    const words = new Map<string, number[]>();
    node.operations.forEach(({ label, word }, index) => {
      const equal = words.get(word.text);
      if (equal === undefined) words.set(word.text, [index]);
      else equal.push(index);
      if (label === undefined) return;
      const first = node.operations[labels.get(label.text) ?? -1]?.label;
      if (first === undefined) labels.set(label.text, index);
      else this.problems.duplicate(`label \`${label.text}\` is given twice in a task`, label.span, first.span);
    });
    return { node, labels, words };
  }

  /** Index of a file; undefined, after a complaint, when there is none of that name. */
  file(name: Identifier): number | undefined {
    const index = this.#files.get(name.text);
    if (index !== undefined) return index;
    if (this.names.directory(name) !== undefined) {
      this.problems.error('invalid-name', `\`${name.text}\` is a directory`, name.span);
    } else if (this.#made.has(name.text)) {
      const message = `\`${name.text}\` is no file but a name: a file is called as it was declared, whatever names it has`;
      this.problems.error('invalid-name', message, name.span);
    } else this.problems.unknownName(`unknown file \`${name.text}\``, name, this.#files.keys());
    return undefined;
  }

  /** Only files and directories lie in directories. */
  #reportPaths(tasks: readonly TaskNode[]): void {
    for (const { name, operations } of tasks) {
      for (const identifier of [name, ...operations.map(({ label }) => label)]) {
        if (identifier === undefined || !identifier.text.includes('/')) continue;
        this.problems.error('invalid-name', `only names of files and directories have a \`/\``, identifier.span);
      }
    }
  }

  /** Index of a task; undefined, after a complaint that also offers `other`, when there is none of that name. */
  task(name: Identifier, other?: string): number | undefined {
    const index = this.#taskIndices.get(name.text);
    if (index === undefined) {
      this.problems.unknownName(`unknown task \`${name.text}\``, name, followedBy(this.#taskIndices.keys(), other));
    }
    return index;
  }

  /** Complains unless the step is one of `names`. */
  checkStep(step: Identifier, whose: string, names: readonly string[]): void {
    if (names.includes(step.text)) return;
    this.problems.unknownName(`\`${whose}\` has no step \`${step.text}\``, step, names);
  }

  /** Complains about an operation that a task does not have; `names` are those it has. */
  missingOperation({ node }: TaskScope, name: Identifier, names: Iterable<string>): void {
    // An operation that was misspelled, and complained about in the task, may be the one.
    if (node.operations.some((operation) => !operation.known)) return;
    this.problems.unknownName(`task \`${node.name?.text}\` has no \`${name.text}\``, name, names);
  }
}

function* followedBy(names: Iterable<string>, other: string | undefined): Iterable<string> {
  yield* names;
  if (other !== undefined) yield other;
}
