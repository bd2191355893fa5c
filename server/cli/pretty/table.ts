/** Text with what to do to it once it is padded: colours must not count as width. */
export interface Cell {
  readonly text: string;
  readonly paint?: ((text: string) => string) | undefined;
  readonly align?: 'right' | undefined;
}

interface TableOptions {
  /** Columns of the terminal to fill at most, `indent` included. */
  readonly width: number;
  readonly indent?: number | undefined;
}

const gap = '  ';
/** The last column is not squeezed further than this, even when lines get too long. */
const narrowestColumn = 24;

/** Aligned lines; a last cell that does not fit goes on in further lines of its column. */
export function table(rows: readonly (readonly Cell[])[], { width, indent = 0 }: TableOptions): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns - 1 }, (_, column) =>
    Math.max(0, ...rows.map((row) => (column < row.length - 1 ? lengthOf(row[column]!.text) : 0))),
  );
  const used = indent + widths.reduce((sum, each) => sum + each + gap.length, 0);
  const rest = Math.max(width - used, narrowestColumn);
  return rows.flatMap((row) => {
    const head = row.slice(0, -1).map((cell, column) => painted(cell, widths[column]!));
    const last = row.at(-1) ?? { text: '' };
    const lead = ' '.repeat(indent) + head.map((text) => text + gap).join('');
    const blank = ' '.repeat(indent + widths.slice(0, head.length).reduce((sum, each) => sum + each + gap.length, 0));
    return wrap(last.text, rest)
      .map((line, i) => (i === 0 ? lead : blank) + (line === '' ? '' : (last.paint?.(line) ?? line)))
      .map(trimEnd);
  });
}

/** Width of a text on the screen, for scripts whose letters take one column each. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** Breaks a text into lines of at most `width`, between words; keeps its own line breaks. At least one line. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && lengthOf(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  });
}

function painted({ text, paint, align }: Cell, width: number): string {
  const padding = ' '.repeat(width - lengthOf(text));
  const shown = text === '' ? '' : (paint?.(text) ?? text);
  return align === 'right' ? padding + shown : shown + padding;
}

function trimEnd(line: string): string {
  return line.trimEnd();
}
