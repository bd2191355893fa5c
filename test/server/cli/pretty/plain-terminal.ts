import pc from 'picocolors';
import type { Terminal } from '../../../../server/cli/terminal.ts';

/** A terminal of a width, without colours, that keeps what is written. */
export function plainTerminal(width = 100): Terminal & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    write: (text) => {
      written.push(text);
    },
    complain: (message) => {
      written.push(`! ${message}`);
    },
    colors: pc.createColors(false),
    width,
  };
}
