import { namesAfterCrash } from '../durability/names-after-crash.ts';
import { formatDirectory, formatName } from '../format.ts';
import type { LoggedNames } from '../model/logged-names.ts';
import { nobody } from '../model/namespace.ts';
import type { Program } from '../program.ts';
import type { State } from '../state/layout.ts';
import type { NameView } from '../trace.ts';

/** The names of a state, for people to look at; none where names do not change. */
export function viewNames({ machine, scenario }: Program, state: State): NameView[] {
  const { names } = machine;
  if (names === undefined) return [];
  const found = namesAfterCrash(machine, names, state);
  const nodeName = (node: number) => {
    if (node === nobody) return null;
    return scenario.files[node]?.name ?? formatDirectory(scenario, node);
  };
  return names.directoryOf.map((_, name) => ({
    name: formatName(scenario, name),
    linksTo: nodeName(names.at(state, name)),
    committed: nodeName(names.committedAt(state, name)),
    logged: viewLogged(names.log, name),
    loggedOnDisk: viewLogged(names.diskLog, name),
    afterCrash: nodeName(found[name]!),
  }));

  function viewLogged(log: LoggedNames, name: number): string[] {
    const [entry, reference] = [nodeName(log.entryAt(state, name)), nodeName(log.referenceAt(state, name))];
    return [
      ...((log.deleted.get(state) & (1 << name)) === 0 ? [] : ['deleted']),
      ...(entry === null ? [] : [`entry for ${entry}`]),
      ...(reference === null ? [] : [`reference of ${reference}`]),
    ];
  }
}
