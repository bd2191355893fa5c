import { formatOffset, formatRange, type Trace } from '../../../engine/index.ts';
import type { ChosenRun } from '../replay/choose-run.ts';
import { placeOf } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';
import { explanationLines } from './explanation-lines.ts';
import { stepTable } from './step-table.ts';
import { type Cell, table } from './table.ts';
import { count } from './words.ts';

/** A run step by step, and what a power failure at its end leaves. */
export function replayReport(terminal: Terminal, run: ChosenRun): string {
  const { colors } = terminal;
  const { file, lowered, profile, title, trace, explanation } = run;
  const place = placeOf(file, lowered.sources.name);
  const rules = profile.approximate ? ` (with the rules of ${profile.rulesOf})` : '';
  return [
    colors.bold(lowered.name || 'a scenario without a name'),
    `${file.path}:${place.line}, kernel ${profile.release}${rules}`,
    `${title}, ${count(trace.steps.length, 'step')}${explanation === undefined ? '' : ', * for steps that matter'}`,
    '',
    ...(trace.steps.length > 0 ? [...stepTable(terminal, trace.steps, trace.tasks, explanation?.relevant), ''] : []),
    ...(explanation === undefined ? [] : [...explanationLines(terminal, explanation.sentences), '']),
    losingSteps(trace),
    'After one at the end and log replay:',
    ...crashTable(terminal, run),
    '',
  ].join('\n');
}

/** Where in a run a power failure loses data: `after steps 3 to 5, 9`. */
function losingSteps({ steps }: Trace): string {
  const runs: [first: number, last: number][] = [];
  for (const [i, { state }] of steps.entries()) {
    if (state.crash.violations.length === 0) continue;
    const last = runs.at(-1);
    if (last?.[1] === i) last[1] = i + 1;
    else runs.push([i + 1, i + 1]);
  }
  const where = runs
    .map(([first, last]) => (first === last ? `step ${first}` : `steps ${first} to ${last}`))
    .join(', ');
  return where === ''
    ? 'A power failure loses nothing that was promised, wherever it strikes.'
    : `A power failure after ${where} loses data.`;
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
