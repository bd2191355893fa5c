import {
  describeOperation,
  meaningOf,
  modelledReleases,
  operationKinds,
  type StepDescription,
} from '../../engine/index.ts';
import { table } from './generated.ts';

/** The step tables of all operations: one each, with the releases in which a step is there. */
export function stepTables(): string {
  return operationKinds
    .filter((kind) => kind !== 'fdatasync')
    .map((kind) => {
      const { synopsis, summary, kernelFunction } = describeOperation(kind);
      const note = kind === 'fsync' ? ' `fdatasync` has the same steps.' : '';
      return `### \`${synopsis}\`\n\n\`${kernelFunction}\`. ${summary}${note}\n\n${operationTable(kind)}`;
    })
    .join('\n');
}

/** A step, told apart from those of the same words in one release by its number. */
interface NumberedStep extends StepDescription {
  readonly key: string;
}

function operationTable(kind: (typeof operationKinds)[number]): string {
  const byRelease = modelledReleases.map((release) => numbered(describeOperation(kind, release).steps));
  const steps = byRelease.toReversed().reduce(merged, []);
  const spans = steps.map(({ key }) => releasesOf(byRelease.map((list) => list.some((step) => step.key === key))));
  const varies = spans.some((span) => span !== '');
  return table(
    ['step', 'locks', ...(varies ? ['releases'] : []), ''],
    steps.map((step, i) => [`\`${step.name}\``, step.locks, ...(varies ? [spans[i]!] : []), meaningOf(step)]),
  );
}

function numbered(steps: readonly StepDescription[]): NumberedStep[] {
  const seen = new Map<string, number>();
  return steps.map((step) => {
    const words = `${step.name}|${step.locks}|${step.does}`;
    const number = seen.get(words) ?? 0;
    seen.set(words, number + 1);
    return { ...step, key: `${words}|${number}` };
  });
}

/** The steps of an older release put in between those of newer ones, each behind the step that it follows. */
function merged(newer: readonly NumberedStep[], older: readonly NumberedStep[]): NumberedStep[] {
  const all = [...newer];
  let behind = 0;
  for (const step of older) {
    const place = all.findIndex(({ key }) => key === step.key);
    if (place >= 0) behind = place + 1;
    else all.splice(behind++, 0, step);
  }
  return all;
}

/** Where a step is there, per modelled release, as spans: empty for all of them, `5.10 –`, `– 4.18`, `4.19 – 5.9`. */
function releasesOf(there: readonly boolean[]): string {
  if (there.every(Boolean)) return '';
  const spans: string[] = [];
  for (let i = 0; i < there.length; i++) {
    if (!there[i] || there[i - 1]) continue;
    const absent = there.indexOf(false, i);
    const first = i === 0 ? '' : modelledReleases[i]!;
    const last = absent < 0 ? '' : modelledReleases[absent - 1]!;
    spans.push(first === last ? first : `${first} – ${last}`.trim());
  }
  return spans.join(', ');
}
