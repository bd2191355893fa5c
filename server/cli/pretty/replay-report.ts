import { formatOffset, formatRange } from '../../../engine/index.ts';
import type { ChosenRun } from '../replay/choose-run.ts';
import { placeOf } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';
import { stepTable } from './step-table.ts';
import { type Cell, table } from './table.ts';
import { count } from './words.ts';

/** A run step by step, and what a power failure at its end leaves. */
export function replayReport(terminal: Terminal, run: ChosenRun): string {
  const { colors } = terminal;
  const { file, lowered, profile, title, trace } = run;
  const place = placeOf(file, lowered.sources.name);
  const rules = profile.approximate ? ` (with the rules of ${profile.rulesOf})` : '';
  return [
    colors.bold(lowered.name || 'a scenario without a name'),
    `${file.path}:${place.line}, kernel ${profile.release}${rules}`,
    `${title}, ${count(trace.steps.length, 'step')}`,
    '',
    ...stepTable(terminal, trace.steps, trace.tasks),
    '',
    'After a power failure here and log replay:',
    ...crashTable(terminal, run),
    '',
  ].join('\n');
}

function crashTable({ colors, width }: Terminal, { trace }: ChosenRun): string[] {
  const { crash } = trace.steps.at(-1)?.state ?? trace.initial;
  const heading = ['file', 'size', 'range', 'found', 'promised'].map((text) => ({ text, paint: colors.dim }));
  const rows = crash.files.flatMap(({ name, size, content }) =>
    content.map(({ range, found, promised, verdict }, i): Cell[] => {
      const paint = verdict === 'kept' ? undefined : colors.red;
      return [
        { text: i === 0 ? name : '' },
        { text: i === 0 ? formatOffset(size) : '', align: 'right' },
        { text: formatRange(range) },
        { text: found, paint },
        { text: verdict === 'kept' ? promised : `${promised}  <- ${verdict}`, paint },
      ];
    }),
  );
  return table([heading, ...rows], { width, indent: 2 });
}
