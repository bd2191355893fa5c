/** A place as editors count it: zero-based line, zero-based UTF-16 column. */
interface LinePosition {
  readonly line: number;
  readonly column: number;
}

/** Converts between UTF-16 offsets and lines. Lines end with LF, CRLF or a lone CR, as in LSP. */
export class LineIndex {
  readonly #starts: readonly number[];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#starts = lineStarts(text);
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Line and column of an offset; offsets outside the text are moved to its nearest end. */
  positionAt(offset: number): LinePosition {
    const inside = Math.min(Math.max(offset, 0), this.#text.length);
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= inside) low = middle;
      else high = middle;
    }
    return { line: low, column: inside - this.#starts[low]! };
  }

  /** Offset of a place; a line past the end means the end of the text, a column past the line's end that end. */
  offsetAt(position: LinePosition): number {
    const start = this.#starts[Math.max(position.line, 0)];
    if (start === undefined) return this.#text.length;
    return Math.min(start + Math.max(position.column, 0), start + this.lineText(position.line).length);
  }

  /** The text of a line without its line break; empty for a line that is not there. */
  lineText(line: number): string {
    const start = this.#starts[line];
    if (start === undefined) return '';
    return this.#text.slice(start, this.#starts[line + 1] ?? this.#text.length).replace(/[\r\n]+$/, '');
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}
