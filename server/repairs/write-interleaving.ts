import { formatRange, type Scenario, type ScheduleEntry } from '../../engine/index.ts';
import type { LoweredScenario, TextEdit, TextFix } from '../language/index.ts';
import { readScenarios } from '../read-scenarios.ts';
import { appendMember, memberLayout } from './insert-member.ts';

const title = 'Write the losing interleaving into the scenario';

/**
 * Writes an interleaving into a scenario. Undefined when the scenario has it already, or when what was
 * written would not be read as the same entries.
 */
export function writeInterleaving(
  text: string,
  lowered: LoweredScenario,
  entries: readonly ScheduleEntry[],
): TextFix | undefined {
  const { scenario, span } = lowered;
  if (scenario === undefined) return undefined;
  const isWanted = (schedule: { readonly entries: readonly ScheduleEntry[] }) =>
    JSON.stringify(schedule.entries) === JSON.stringify(entries);
  if (scenario.schedules.some(isWanted)) return undefined;
  const { lineBreak, indent } = memberLayout(text, lowered);
  const lines = entries.map((entry) => `${indent}  ${formatEntry(scenario, entry)}`);
  const block = [`interleaving "${freshName(scenario)}" {`, ...lines, `${indent}}`].join(lineBreak);
  const edit = appendMember(text, lowered, block);
  if (edit === undefined) return undefined;
  const edits = [withEmptyLineBefore(edit, lineBreak)];
  const after = text.slice(span.start, edit.span.start) + edit.newText + text.slice(edit.span.end, span.end);
  const [written] = readScenarios(after).scenarios;
  return written?.scenario?.schedules.at(-1)?.entries !== undefined && isWanted(written.scenario.schedules.at(-1)!)
    ? { title, edits }
    : undefined;
}

function formatEntry({ files, tasks }: Scenario, entry: ScheduleEntry): string {
  if (entry.kind === 'crash') return 'crash';
  const until = entry.until === undefined ? '' : ` until ${entry.until}`;
  if (entry.kind === 'task') return `${tasks[entry.task]!.name}: ${entry.operation}${until}`;
  const range = entry.range === 'all' ? 'all' : formatRange(entry.range);
  return `endio: ${files[entry.file]!.name} ${range}${until}`;
}

function freshName({ schedules }: Scenario): string {
  const taken = new Set(schedules.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'losing' : `losing ${number}`;
    if (!taken.has(name)) return name;
  }
}

function withEmptyLineBefore({ span, newText }: TextEdit, lineBreak: string): TextEdit {
  return { span, newText: newText.startsWith(lineBreak) ? lineBreak + newText : newText };
}
