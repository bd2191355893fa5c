import type { DiagnosticSeverity, Span } from '../../language/index.ts';
import { placeOf, type SourceFile } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';
import { lengthOf, wrap } from './table.ts';

/** What an excerpt is headed with. */
interface Heading {
  readonly severity: DiagnosticSeverity;
  readonly code: string;
  readonly message: string;
}

/** A message about a place of a file: the place, the message, and the line with carets below it. */
export function excerpt(terminal: Terminal, heading: Heading, file: SourceFile, span: Span): string[] {
  const { colors, width } = terminal;
  const { line, column } = placeOf(file, span);
  const paint = severityColor(terminal, heading.severity);
  const margin = marginOf(line);
  const bar = colors.dim('|');
  const { source, carets } = windowOn(file, span, width - margin.length - 2);
  return [
    `${paint(colors.bold(`${heading.severity}[${heading.code}]`))} ${file.path}:${line}:${column}`,
    ...wrap(heading.message, width - 2).map((text) => `  ${colors.bold(text)}`),
    margin + bar,
    ` ${colors.dim(String(line))} ${bar} ${source}`.trimEnd(),
    `${margin}${bar} ${carets.replace(/\^+/, paint)}`,
  ];
}

/** Says more about the excerpt above it, whose line number is `line`: `= fix: …`. Commands stay in one piece. */
export function remark({ colors, width }: Terminal, line: number, label: string, text: string): string[] {
  const margin = marginOf(line);
  const indent = ' '.repeat(`= ${label}: `.length);
  const [first, ...more] = text.startsWith('fsrace ') ? [text] : wrap(text, width - margin.length - indent.length);
  const head = `${margin}${colors.dim('=')} ${colors.bold(`${label}:`)} ${first}`;
  return [head, ...more.map((part) => margin + indent + part)];
}

/** As wide as a line number with the spaces around it. */
function marginOf(line: number): string {
  return ' '.repeat(String(line).length + 2);
}

function severityColor({ colors }: Terminal, severity: DiagnosticSeverity): (text: string) => string {
  return { error: colors.red, warning: colors.yellow, information: colors.cyan, hint: colors.blue }[severity];
}

/** The line that a span begins in, with carets under its part of the span; cut around it when it is too long. */
function windowOn({ lines }: SourceFile, span: Span, width: number): { source: string; carets: string } {
  const { line, column } = lines.positionAt(span.start);
  const end = lines.positionAt(span.end);
  const text = lines.lineText(line);
  const endColumn = end.line === line ? end.column : text.length;
  const before = lengthOf(visible(text.slice(0, column)));
  const marked = lengthOf(visible(text.slice(column, endColumn)));
  // What is marked is in sight, from its beginning and at least for half a line.
  const cut = Math.max(0, before + Math.min(marked, Math.floor(width / 2)) - width);
  const source = [...visible(text)].slice(cut, cut + width).join('');
  const indent = before - cut;
  return { source, carets: ' '.repeat(indent) + '^'.repeat(Math.max(1, Math.min(marked, width - indent))) };
}

/** Tabs take four columns; other control characters would disturb the terminal. */
function visible(text: string): string {
  return text.replaceAll('\t', '    ').replaceAll(/\p{Cc}/gu, '\u{fffd}');
}
