import type { Command } from 'commander';
import { explain } from '../explain/explain.ts';
import { renderMarkdown } from '../pretty/markdown.ts';
import type { Terminal } from '../terminal.ts';

/** `fsrace explain NAME` */
export function addExplain(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .summary('explain a guard, a step, a diagnostic code, or an operation')
    .description('Explains a guard, a step, a diagnostic code, or an operation with its steps.')
    .argument('<name>', 'as in scenarios and diagnostics: releasepage.modified-list, C1, log_inode, lost-extent, fsync')
    .action((name: string) => {
      const texts = explain(name).map((markdown) => renderMarkdown(terminal, markdown).join('\n'));
      terminal.write(`${texts.join('\n\n')}\n`);
    });
}
