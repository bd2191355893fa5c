import type { MountOption } from '../../engine/index.ts';
import type { Problems } from './problems.ts';
import type { Identifier, MountNode } from './syntax-tree.ts';
import { mountOptions } from './words.ts';

/** The mount options that a scenario sets. `no-holes` is what every file system has unless it is told `holes`. */
export function bindMount(nodes: readonly MountNode[], problems: Problems): MountOption[] | undefined {
  const seen = new Map<string, Identifier>();
  for (const option of nodes.flatMap(({ options }) => options)) {
    const first = seen.get(option.text);
    const opposite = seen.get(opposites[option.text] ?? '');
    if (!mountOptions.some((known) => known === option.text)) {
      problems.unknownName(`unknown mount option \`${option.text}\``, option, mountOptions);
    } else if (first !== undefined) {
      problems.duplicate(`mount option \`${option.text}\` is given twice`, option.span, first.span);
    } else if (opposite !== undefined) {
      const message = `mount option \`${option.text}\` is the opposite of \`${opposite.text}\``;
      problems.duplicate(message, option.span, opposite.span);
    } else seen.set(option.text, option);
  }
  const options = mountOptions.filter((option): option is MountOption => option !== 'no-holes' && seen.has(option));
  return options.length > 0 ? options : undefined;
}

const opposites: Readonly<Record<string, string>> = { holes: 'no-holes', 'no-holes': 'holes' };
