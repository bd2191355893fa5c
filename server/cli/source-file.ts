import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { LineIndex, type ScenarioFileReading, type Span } from '../language/index.ts';
import { readScenarios } from '../read-scenarios.ts';
import { Misuse } from './exit-codes.ts';

/** A scenario file as it was read. */
export interface SourceFile {
  /** Relative to the working directory where it is inside, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly reading: ScenarioFileReading;
}

/** A path that could not be read, and why, in words. */
export interface UnreadablePath {
  readonly path: string;
  readonly reason: string;
}

/** Line and column, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export function placeOf({ lines }: SourceFile, span: Span): Place {
  const { line, column } = lines.positionAt(span.start);
  return { line: line + 1, column: column + 1 };
}

/** Reads and lowers one file. Throws what reading throws. */
function readSourceFile(path: string): SourceFile {
  return sourceFile(path, readFileSync(path, 'utf8'));
}

/** A file with a text that need not be the one on disk. */
export function sourceFile(path: string, text: string): SourceFile {
  return { path: shownPath(path), text, lines: new LineIndex(text), reading: readScenarios(text) };
}

/** What has to be mended first in a file, or in a part of it; undefined when it is without errors. */
export function firstError(file: SourceFile, part?: Span | undefined): string | undefined {
  const error = file.reading.diagnostics.find(
    ({ severity, span }) =>
      severity === 'error' && (part === undefined || (part.start <= span.start && span.end <= part.end)),
  );
  if (error === undefined) return undefined;
  const { line, column } = placeOf(file, error.span);
  return `mend ${file.path}:${line}:${column} first: ${error.message}`;
}

/** Reads one file that a command cannot do without. Throws a Misuse. */
export function openSourceFile(path: string): SourceFile {
  try {
    return readSourceFile(path);
  } catch (error) {
    throw new Misuse(`cannot read ${path}: ${whyUnusable(error)}`);
  }
}

/** Reads every file named, and every `*.fsrace` below the folders named; each once, sorted by path. */
export function readSourceFiles(paths: readonly string[]): {
  readonly files: readonly SourceFile[];
  readonly unreadable: readonly UnreadablePath[];
} {
  const unreadable: UnreadablePath[] = [];
  const attempt = <Result>(path: string, read: () => Result): Result | undefined => {
    try {
      return read();
    } catch (error) {
      unreadable.push({ path: shownPath(path), reason: whyUnusable(error) });
      return undefined;
    }
  };
  const findAt = (path: string): string[] =>
    attempt(path, () => (statSync(path).isDirectory() ? childrenOf(path).flatMap(findAt) : [resolve(path)])) ?? [];
  const found = new Set<string>();
  for (const path of paths) {
    const before = unreadable.length;
    const below = findAt(path);
    for (const file of below) found.add(file);
    if (below.length > 0 || unreadable.length > before) continue;
    unreadable.push({ path: shownPath(path), reason: 'there is no *.fsrace file in it' });
  }
  const files = [...found].sort().flatMap((path) => attempt(path, () => [readSourceFile(path)]) ?? []);
  return { files, unreadable };
}

/** Scenario files and folders in a folder; hidden folders and installed packages are not looked into. */
function childrenOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .filter((entry) => entry.isDirectory() || (entry.isFile() && entry.name.endsWith('.fsrace')))
    .map(({ name }) => join(folder, name));
}

function shownPath(path: string): string {
  const inside = relative('.', path);
  const shown = inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside;
  return shown.split(sep).join('/');
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it is not permitted',
  EISDIR: 'it is a folder',
};

/** Why a file could not be read or written, in words. */
export function whyUnusable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}
