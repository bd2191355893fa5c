import type { ScenarioName, ScenarioNamespace } from '../../engine/index.ts';
import type { Problems } from './problems.ts';
import type { FileNode, Identifier, OperationNode, TaskNode } from './syntax-tree.ts';

/** How the root directory is written. */
const rootDirectory = '.';

/** Engine's limit: names are sets of 30 bits. */
const maximumNames = 30;

/** True for `file D directory`, which declares a directory that exists. */
export function declaresDirectory(node: FileNode): boolean {
  return node.attributes.some(({ kind }) => kind === 'directory');
}

/**
 * The names of one scenario: paths such as `F` and `D/F`. A directory is called as it was declared, whatever it is renamed
 * to. Files have the node numbers 0 and up, then comes the root, then the other directories.
 */
export class NameTable {
  readonly #problems: Problems;
  readonly #files: readonly FileNode[];
  readonly #directories: readonly Identifier[];
  readonly #directoryNumbers = new Map<string, number>();
  readonly #names: ScenarioName[] = [];
  readonly #places = new Map<string, number>();
  readonly #links: { readonly name: number; readonly node: number }[] = [];
  readonly #created = new Map<number, Identifier>();
  /** Paths that exist at the start or that an operation makes. */
  readonly #known = new Set<string>();
  readonly #isNeeded: boolean;

  constructor(
    files: readonly FileNode[],
    directories: readonly FileNode[],
    tasks: readonly TaskNode[],
    problems: Problems,
  ) {
    const operations = tasks.flatMap((task) => task.operations);
    const made = operations.flatMap(({ word, target }) => (word.text === 'mkdir' && target ? [target] : []));
    this.#problems = problems;
    this.#files = files;
    this.#directories = [...directories.flatMap(({ name }) => name ?? []), ...made];
    this.#directoryNumbers.set(rootDirectory, files.length);
    for (const [index, { text }] of this.#directories.entries()) {
      if (!this.#directoryNumbers.has(text)) this.#directoryNumbers.set(text, files.length + 1 + index);
    }
    for (const { name } of [...files, ...directories]) if (name !== undefined) this.#known.add(name.text);
    for (const operation of operations) for (const { text } of madeNames(operation)) this.#known.add(text);
    this.#isNeeded =
      directories.length > 0 || files.some(isNewOrBelow) || operations.some((operation) => isAboutNames(operation));
    if (!this.#isNeeded) return;
    for (const [node, file] of files.entries()) if (!isNew(file)) this.#link(file.name, node);
    for (const { name } of directories)
      if (name !== undefined) this.#link(name, this.#directoryNumbers.get(name.text)!);
  }

  /** The namespace of the scenario; undefined when nothing in it is about names. Complains about new files that nobody creates. */
  namespace(): ScenarioNamespace | undefined {
    for (const [node, file] of this.#files.entries()) {
      if (!isNew(file) || this.#created.has(node) || file.name === undefined) continue;
      this.#complain(`no task creates \`${file.name.text}\`, which is \`new\``, file.name);
    }
    if (!this.#isNeeded) return undefined;
    return { directories: this.#directories.map(({ text }) => text), names: this.#names, links: this.#links };
  }

  /** Node number of a directory; undefined, without complaint, when the path is none. */
  directory(path: Identifier): number | undefined {
    return this.#directoryNumbers.get(path.text);
  }

  /** A file that some task creates, with its node number; complaints when it exists, or is created twice. */
  create(path: Identifier): number | undefined {
    const node = this.#files.findIndex(({ name }) => name?.text === path.text);
    const file = this.#files[node];
    if (file === undefined) {
      this.#problems.unknownName(`\`${path.text}\` is not declared: \`file ${path.text} new\``, path, this.#newFiles());
      return undefined;
    }
    if (!isNew(file)) {
      this.#complain(`\`${path.text}\` exists at the start; a file that is created is declared \`new\``, path);
      return undefined;
    }
    const first = this.#created.get(node);
    if (first !== undefined) this.#problems.duplicate(`\`${path.text}\` is created twice`, path.span, first.span);
    else this.#created.set(node, path);
    return node;
  }

  /** A name that exists at the start or that some operation makes. */
  known(path: Identifier): number | undefined {
    if (this.#known.has(path.text)) return this.place(path);
    this.#problems.unknownName(`unknown name \`${path.text}\``, path, this.#known);
    return undefined;
  }

  /** A name, known or not; its directory has to be known. */
  place(path: Identifier): number | undefined {
    const cut = path.text.lastIndexOf('/');
    const parent = cut < 0 ? rootDirectory : path.text.slice(0, cut);
    const directory = this.#directoryNumbers.get(parent);
    if (directory === undefined) {
      const span = { start: path.span.start, end: path.span.start + parent.length };
      this.#problems.unknownName(
        `unknown directory \`${parent}\``,
        { text: parent, span },
        this.#directories.map(({ text }) => text),
      );
      return undefined;
    }
    const known = this.#places.get(path.text);
    if (known !== undefined) return known;
    if (this.#names.length === maximumNames) this.#complain(`a scenario has at most ${maximumNames} names`, path);
    const place = this.#names.push({ directory, name: path.text.slice(cut + 1) }) - 1;
    this.#places.set(path.text, place);
    return place;
  }

  #link(path: Identifier | undefined, node: number): void {
    const name = path && this.place(path);
    if (name !== undefined) this.#links.push({ name, node });
  }

  #newFiles(): string[] {
    return this.#files.filter(isNew).flatMap(({ name }) => name?.text ?? []);
  }

  #complain(message: string, { span }: Identifier): void {
    this.#problems.error('invalid-name', message, span);
  }
}

/** The names that an operation may bring into being. */
export function madeNames({ word, file, target }: OperationNode): Identifier[] {
  if (word.text === 'create') return target ? [target] : file ? [file] : [];
  return target !== undefined && word.text !== 'clone' ? [target] : [];
}

const namingWords = ['create', 'link', 'rename', 'unlink', 'mkdir'];

function isAboutNames({ word, file }: OperationNode): boolean {
  return namingWords.includes(word.text) || file?.text === rootDirectory;
}

function isNew({ attributes }: FileNode): boolean {
  return attributes.some(({ kind }) => kind === 'new');
}

function isNewOrBelow(node: FileNode): boolean {
  return isNew(node) || node.name?.text.includes('/') === true;
}
