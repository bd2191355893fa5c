import type { ScenarioName, ScenarioNamespace } from '../../engine/index.ts';
import type { CorpusRecord } from './record.ts';

/** Node numbers of a recording: the files that it begins with and those it creates, then the root, then directories. */
export interface RecordedNames {
  readonly namespace: ScenarioNamespace;
  /** Per name known before the first operation, the node that it links to. */
  readonly initial: readonly number[];
  /** Names of the files that are created, in order. */
  readonly created: readonly string[];
  /** Inode number of each node in the recording: directories, then files come first, then what is made, in order. */
  readonly inodeNumbers: readonly number[];
  /** Per operation of the recording: what its paths are at that moment. */
  readonly operations: readonly RecordedPlaces[];
  /** The node that a path leads to, when each name links to what `links` says; -1 for nothing. */
  resolve(path: string, links: readonly number[]): number;
}

/** The paths of one operation. */
export interface RecordedPlaces {
  /** Index of the name that the path stands for; -1 for the root. */
  readonly name: number;
  /** The node that has the name, or is made; -1 for none. */
  readonly node: number;
  /** Index of the new name; -1 for none. */
  readonly to: number;
  /** The node that is cloned into; -1 for none. */
  readonly destination: number;
}

/** Inode number of the root directory, and of what is made first. */
const rootInode = 256;
const firstInode = 257;
const nothing = -1;

/** Follows the paths of a recording through its changes of names. */
export function followNames(record: CorpusRecord): RecordedNames {
  const created = record.ops.flatMap(({ op, file = '' }) => (op === 'create' ? [file] : []));
  const made = record.ops.flatMap(({ op, file = '' }) => (op === 'mkdir' ? [file] : []));
  const existing = record.dirs ?? [];
  const root = record.files.length + created.length;
  const directories = [...existing, ...made];
  const names: ScenarioName[] = [];
  /** Per name, the node it links to now. */
  const links: number[] = [];
  const inodeNumbers: number[] = [];
  let nextInode = firstInode;
  inodeNumbers[root] = rootInode;

  for (const [index, path] of existing.entries()) make(path, root + 1 + index);
  for (const [index, { name }] of record.files.entries()) make(name, index);
  for (const [from, to] of record.links ?? []) links[place(to)] = resolve(from, links);
  const initial = [...links];

  let [files, dirs] = [record.files.length, existing.length];
  const operations = record.ops.map(({ op, file, to }): RecordedPlaces => {
    const name = file === undefined || file === '.' ? nothing : place(file);
    const found = file === undefined ? nothing : resolve(file, links);
    const node = op === 'create' ? files++ : op === 'mkdir' ? root + 1 + dirs++ : found;
    const isClone = op === 'clone' && to !== undefined;
    const destination = isClone ? resolve(to, links) : nothing;
    const target = to === undefined || isClone ? nothing : place(to);
    if (file !== undefined && found !== node) make(file, node);
    if (target !== nothing) links[target] = node;
    if (op === 'rename' || op === 'unlink' || op === 'rmdir') links[name] = nothing;
    return { name, node, to: target, destination };
  });
  const before = initial.flatMap((node, name) => (node === nothing ? [] : [{ name, node }]));
  const namespace = { directories, names, links: before };
  return { namespace, initial, created, inodeNumbers, operations, resolve };

  function make(path: string, node: number): void {
    links[place(path)] = node;
    inodeNumbers[node] = nextInode++;
  }

  /** The index of the name that a path stands for now. */
  function place(path: string): number {
    const cut = path.lastIndexOf('/');
    const directory = cut < 0 ? root : resolve(path.slice(0, cut), links);
    if (directory < root) return nothing;
    const text = path.slice(cut + 1);
    const known = names.findIndex((name) => name.directory === directory && name.name === text);
    if (known >= 0) return known;
    links.push(nothing);
    return names.push({ directory, name: text }) - 1;
  }

  function resolve(path: string, at: readonly number[]): number {
    if (path === '.') return root;
    return path.split('/').reduce((directory, text) => {
      const name = names.findIndex((candidate) => candidate.directory === directory && candidate.name === text);
      return at[name] ?? nothing;
    }, root);
  }
}
