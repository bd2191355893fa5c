import { cutOffsets, maximumSegments, type Scenario } from '../../engine/index.ts';
import type { Problems } from './problems.ts';
import type { Span } from './syntax-tree.ts';

/** Reports, at `span`, each file that the scenario cuts into more segments than the engine can hold; true if there is one. */
export function reportTooManySegments(scenario: Scenario, span: Span, problems: Problems): boolean {
  const before = problems.errors;
  partsByFile(scenario).forEach((part, index) => {
    const count = cutOffsets(part, index).length - 1;
    if (count <= maximumSegments) return;
    const name = scenario.files[index]!.name;
    const message = `ranges cut file \`${name}\` into ${count} segments; at most ${maximumSegments} can be checked`;
    problems.error('too-many-segments', message, span);
  });
  return problems.errors > before;
}

/** For each file, what concerns it, so that a file of thousands of lines is not gone through once per file. */
function partsByFile({ files, tasks, schedules, expect }: Scenario) {
  const about = <Part extends object>(parts: readonly Part[]) => {
    const groups: Part[][] = files.map(() => []);
    for (const part of parts) if ('file' in part && typeof part.file === 'number') groups[part.file]!.push(part);
    return groups;
  };
  const operations = about(tasks.flatMap((task) => task.operations));
  const entries = about(schedules.flatMap((schedule) => schedule.entries));
  const expectations = about(expect);
  return files.map((_, index) => ({
    files,
    tasks: [{ name: '', operations: operations[index]! }],
    schedules: [{ entries: entries[index]! }],
    expect: expectations[index]!,
  }));
}
