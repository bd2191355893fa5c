import type { Problems } from './problems.ts';
import type { MountNode } from './syntax-tree.ts';
import { mountOptions } from './words.ts';

/** Checks mount options. `no-holes` is what every profile has; the others change rules that are not modelled. */
export function bindMount(node: MountNode, problems: Problems): void {
  for (const option of node.options) {
    if (!mountOptions.some((known) => known === option.text)) {
      problems.unknownName(`unknown mount option \`${option.text}\``, option, mountOptions);
    } else if (option.text !== 'no-holes') {
      problems.notModelled(`mount option \`${option.text}\``, option.span);
    }
  }
}
