import type { Operation, ScenarioName, ScenarioNamespace } from '../../engine/index.ts';

/** The names of a scenario in short form: operations on names, files that are `new`, and directories. */
export class Names {
  readonly #files: readonly string[];
  readonly #directories: readonly string[];
  readonly #names: ScenarioName[] = [];
  readonly #links: { name: number; node: number }[] = [];
  readonly #isNeeded: boolean;

  constructor(declared: readonly string[], operations: readonly string[]) {
    const words = declared.map((text) => text.split(' '));
    const made = operations.flatMap((operation) => (operation.startsWith('mkdir ') ? [operation.slice(6)] : []));
    const directories = words.filter(([, size]) => size === 'directory');
    const files = words.filter(([, size]) => size !== 'directory');
    this.#files = files.map(([name = '']) => name);
    this.#directories = [...directories.map(([name = '']) => name), ...made];
    for (const [node, [name = '', size]] of files.entries()) if (size !== 'new') this.#link(name, node);
    for (const [name = ''] of directories) this.#link(name, this.#directory(name)!);
    this.#isNeeded =
      directories.length > 0 ||
      files.some(([, size]) => size === 'new') ||
      operations.some((text) => this.#isNaming(text));
  }

  get namespace(): ScenarioNamespace | undefined {
    return this.#isNeeded ? { directories: this.#directories, names: this.#names, links: this.#links } : undefined;
  }

  /** `create F`, `mkdir D`, `link F to N`, `rename F to N`, `unlink F`, `fsync D`, `fsync .`; undefined for anything else. */
  parse(text: string): Operation | undefined {
    if (!this.#isNaming(text)) return undefined;
    const [kind, path = '', , to = ''] = text.split(' ');
    const name = path === '.' ? -1 : this.#place(path);
    switch (kind) {
      case 'create':
        return { kind, node: this.#files.indexOf(path), name };
      case 'mkdir':
        return { kind, node: this.#directory(path)!, name };
      case 'link':
      case 'rename':
        return { kind, name, to: this.#place(to) };
      case 'unlink':
        return { kind, name };
      default:
        return { kind: 'fsync', directory: this.#directory(path)! };
    }
  }

  #isNaming(text: string): boolean {
    const [kind = '', path = ''] = text.split(' ');
    if (kind === 'fsync') return this.#directory(path) !== undefined;
    return ['create', 'mkdir', 'link', 'rename', 'unlink'].includes(kind);
  }

  #directory(path: string): number | undefined {
    if (path === '.') return this.#files.length;
    const index = this.#directories.indexOf(path);
    return index < 0 ? undefined : this.#files.length + 1 + index;
  }

  #link(path: string, node: number): void {
    this.#links.push({ name: this.#place(path), node });
  }

  #place(path: string): number {
    const cut = path.lastIndexOf('/');
    const directory = this.#directory(cut < 0 ? '.' : path.slice(0, cut))!;
    const name = path.slice(cut + 1);
    const known = this.#names.findIndex((other) => other.directory === directory && other.name === name);
    return known >= 0 ? known : this.#names.push({ directory, name }) - 1;
  }
}
