import type { Terminal } from '../terminal.ts';
import { type Cell, table, wrap } from './table.ts';

/** Below this width of the last column, its texts stand under their rows. */
const narrowestText = 44;

/** Shows the Markdown that our texts are written in: paragraphs, tables, links, `code`, *emphasis* and **bold**. */
export function renderMarkdown(terminal: Terminal, markdown: string): string[] {
  const blocks = markdown.split(/\n{2,}/).map((block) => {
    const lines = block.split('\n');
    return lines[0]?.startsWith('|') ? renderTable(terminal, lines) : renderParagraph(terminal, lines);
  });
  return blocks.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

/** A line that begins with emphasis stays a line of its own. */
function renderParagraph(terminal: Terminal, lines: readonly string[]): string[] {
  const text = lines
    .join('\n')
    .replaceAll(/\n(?!\*)/g, ' ')
    .replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 ($2)');
  return wrap(text, terminal.width).map((line) => renderInline(terminal, line));
}

function renderTable(terminal: Terminal, [heading = '', , ...rows]: readonly string[]): string[] {
  const { colors, width } = terminal;
  const cells = (row: string, paint?: Cell['paint']): Cell[] =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((text) => ({
        text: text
          .trim()
          .replaceAll('\\|', '|')
          .replaceAll(/`|\*\*/g, ''),
        paint,
      }));
  const all = [cells(heading, colors.dim), ...rows.map((row) => cells(row))];
  const used = Math.max(...all.map((row) => row.slice(0, -1).reduce((sum, { text }) => sum + text.length + 2, 0)));
  if (width - used >= narrowestText) return table(all, { width, indent: 2 });
  const indent = 6;
  const heads = table(
    all.map((row) => row.slice(0, -1)),
    { width, indent: 2 },
  );
  return all.flatMap((row, i) => {
    const { text = '', paint } = row.at(-1) ?? {};
    return [heads[i]!, ...wrap(text, width - indent).map((line) => ' '.repeat(indent) + (paint?.(line) ?? line))];
  });
}

/** Marks that wrapping has torn apart are only taken away. */
function renderInline({ colors }: Terminal, line: string): string {
  return line
    .replaceAll(/\*\*([^*]+)\*\*/g, (_, text: string) => colors.bold(text))
    .replaceAll(/(?<!\*)\*([^*]+)\*(?!\*)/g, (_, text: string) => colors.bold(text))
    .replaceAll(/`([^`]+)`/g, (_, text: string) => colors.cyan(text))
    .replaceAll(/\*\*|`/g, '');
}
