import type { Problem } from './check/report.ts';
import { count } from './pretty/words.ts';
import { placeOf } from './source-file.ts';
import type { Terminal } from './terminal.ts';

/** One line that tells why not all scenarios were searched, and what to do about it, if any was not. */
export function complainAboutProblems(terminal: Terminal, problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.length > 1 ? ` (and ${count(problems.length - 1, 'more problem')})` : '';
  terminal.complain(describeProblem(first) + others);
}

function describeProblem({ path, message, source }: Problem): string {
  if (source === undefined) return `cannot read ${path}: ${message}; give scenario files, or folders with them`;
  const { line, column } = placeOf(source.file, source.span);
  return `mend ${path}:${line}:${column}, then try again: ${message}`;
}
