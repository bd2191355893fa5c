import type { Command } from 'commander';

/** `fsrace lsp --stdio` */
export function addLsp(program: Command): void {
  program
    .command('lsp')
    .summary('run the language server')
    .description('Runs the language server for an editor that speaks the Language Server Protocol.')
    .requiredOption('--stdio', 'speak over standard input and output')
    .action(async () => {
      // Stands beside the bundle that this is part of; it reads `--stdio` from the command line itself.
      await import(new URL('./server.cjs', import.meta.url).href);
    });
}
