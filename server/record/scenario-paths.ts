import type { Operation, Scenario, ScenarioNamespace } from '../../engine/index.ts';
import { NotRecordable } from './workload.ts';

const nobody = -1;
const rootPath = '.';

/** Where the names of a scenario lead while its operations run one after the other, as paths below the mount point. */
export class ScenarioPaths {
  readonly #scenario: Scenario;
  readonly #namespace: ScenarioNamespace | undefined;
  /** Per name, the node that it links to now. */
  readonly #links: number[];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#namespace = scenario.namespace;
    this.#links = (scenario.namespace?.names ?? []).map(() => nobody);
    for (const { name, node } of scenario.namespace?.links ?? []) this.#links[name] = node;
  }

  /** The directories that exist, parents first. */
  directories(): string[] {
    const root = this.#scenario.files.length;
    const linked = this.#links.filter((node) => node > root).map((node) => this.ofNode(node));
    return linked.sort((left, right) => left.split('/').length - right.split('/').length);
  }

  /** All paths of a node. */
  allOfNode(node: number): string[] {
    if (this.#namespace === undefined) return [this.#scenario.files[node]!.name];
    return this.#links.flatMap((linked, name) => (linked === node ? [this.ofName(name)] : []));
  }

  /** Some path of a node. Throws a NotRecordable where it has none: operations go by path. */
  ofNode(node: number): string {
    if (this.#namespace !== undefined && node === this.#scenario.files.length) return rootPath;
    const [path] = this.allOfNode(node);
    if (path !== undefined) return path;
    throw new NotRecordable(`${this.#scenario.files[node]?.name ?? 'the directory'} has no name by then`);
  }

  /** The path of a name, whatever it links to. */
  ofName(name: number): string {
    const place = this.#namespace!.names[name]!;
    const directory = this.ofNode(place.directory);
    return directory === rootPath ? place.name : `${directory}/${place.name}`;
  }

  isDirectory(name: number): boolean {
    return this.#links[name]! > this.#scenario.files.length;
  }

  /** The operation has run. */
  follow(operation: Operation): void {
    const links = this.#links;
    switch (operation.kind) {
      case 'create':
      case 'mkdir':
        if (links[operation.name] === nobody) links[operation.name] = operation.node;
        break;
      case 'link':
        if (links[operation.to] === nobody) links[operation.to] = links[operation.name]!;
        break;
      case 'rename': {
        const [node, replaced] = [links[operation.name]!, links[operation.to]!];
        if (node === nobody || node === replaced) break;
        links[operation.to] = node;
        links[operation.name] = nobody;
        break;
      }
      case 'unlink':
        links[operation.name] = nobody;
        break;
      default:
    }
  }
}
