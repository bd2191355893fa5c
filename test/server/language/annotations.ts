import { type LanguageDiagnostic, LineIndex } from '../../../server/language/index.ts';

/** A diagnostic of the language, or one of the checker, whose codes are others. */
type Diagnosed = Omit<LanguageDiagnostic, 'code'> & { readonly code: string };

/**
 * Expected diagnostics written into a scenario file, each under the line it is about:
 *
 *     file I sise 4K
 *     //     ^^^^ syntax: …
 *
 * The carets cover the diagnostic's place; `…` after them means that it goes on in the next lines. What
 * begins in the first two columns is written `// <- LENGTH code: message` instead. A severity other than
 * `error` stands before the code.
 */
const annotation = /^\s*\/\/(?:\s*(\^+)(…?)| <- (\d+)(…?)) (.*)$/;

/** The diagnostics that a text's annotations expect, one line each, in the form that `describe` gives. */
export function expectedDiagnostics(text: string): string[] {
  const lines = text.split('\n');
  let annotated = 0;
  return lines.flatMap((line, index) => {
    const match = annotation.exec(line);
    if (match === null) {
      annotated = index + 1;
      return [];
    }
    const [, carets, dots, length, atStartDots, rest] = match;
    const column = carets === undefined ? line.search(/\S/) : line.indexOf('^');
    const size = carets?.length ?? Number(length);
    return [`${annotated}:${column + 1}+${size}${dots ?? atStartDots ?? ''} ${rest}`];
  });
}

/** A diagnostic in the form of `expectedDiagnostics`. */
export function summary(diagnostic: Diagnosed, lines: LineIndex): string {
  const { line, column, length, dots } = placeOf(diagnostic, lines);
  return `${line + 1}:${column + 1}+${length}${dots} ${wordsOf(diagnostic)}`;
}

function placeOf({ span }: Diagnosed, lines: LineIndex) {
  const { line, column } = lines.positionAt(span.start);
  const end = lines.positionAt(span.end);
  const multiLine = end.line > line;
  const length = (multiLine ? lines.lineText(line).length : end.column) - column;
  return { line, column, length, dots: multiLine ? '…' : '' };
}

function wordsOf({ severity, code, message }: Diagnosed): string {
  return `${severity === 'error' ? '' : `${severity} `}${code}: ${message}`;
}

/** The text with its annotations replaced by what `diagnosticsOf` finds in it without them. */
export function annotate(text: string, diagnosticsOf: (text: string) => readonly Diagnosed[]): string {
  const bare = text.split('\n').filter((line) => !annotation.test(line));
  const lines = new LineIndex(bare.join('\n'));
  const below: string[][] = bare.map(() => []);
  for (const diagnostic of diagnosticsOf(bare.join('\n'))) {
    const { line, column, length, dots } = placeOf(diagnostic, lines);
    const place =
      column < 2
        ? `${' '.repeat(column)}// <- ${length}${dots}`
        : `//${' '.repeat(column - 2)}${'^'.repeat(length)}${dots}`;
    below[line]!.push(`${place} ${wordsOf(diagnostic)}`);
  }
  return bare.flatMap((line, index) => [line, ...below[index]!]).join('\n');
}
