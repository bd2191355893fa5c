import {
  changingReleases,
  describeOperation,
  findGuard,
  type Guard,
  guards,
  kernelProfile,
  meaningOf,
  type OperationDescription,
  type OperationKind,
  operationKinds,
  type Scenario,
  type StepDescription,
} from '../../engine/index.ts';

/** What a scenario says of its kernel. */
export type KernelSettings = Pick<Scenario, 'kernel' | 'guards'>;

/** True for what is written as a mainline release. */
export function isRelease(text: string): boolean {
  return /^\d+\.\d+(\.\d+)?$/.test(text);
}

/** Explains an operation in Markdown, with its steps on a release (the newest by default); undefined for one that is not modelled. */
export function explainOperation(word: string, kernel?: string): string | undefined {
  const description = describe(word, kernel);
  if (description === undefined) return undefined;
  const { synopsis, summary, kernelFunction, steps } = description;
  const rows = steps.map((step) => `| \`${step.name}\` | ${cell(step.locks || '—')} | ${cell(meaningOf(step))} |`);
  return [
    `\`${synopsis}\` — \`${kernelFunction}\``,
    summary,
    ['| step | locks held | what it does |', '| --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

/** Explains a step of an operation; of a writeback, also those of the completions that it starts. */
export function explainStep(operation: string, name: string, kernel?: string): string | undefined {
  const owners = operation === 'writeback' ? [operation, 'endio'] : [operation];
  // A step that this release does not have is explained as the newest one that does has it.
  for (const release of [kernel, undefined, ...changingReleases.toReversed()]) {
    for (const owner of owners) {
      const description = describe(owner, release);
      const steps = description?.steps.filter((step) => step.name === name) ?? [];
      if (description !== undefined && steps.length > 0) {
        return [`\`${name}\` — step of \`${description.synopsis}\``, ...steps.map(explainOccurrence)].join('\n\n');
      }
    }
  }
  return undefined;
}

/** Explains a guard of the catalogue, and whether it is on in a scenario; undefined for an unknown name. */
export function explainGuard(name: string, settings?: KernelSettings): string | undefined {
  const guard = findGuard(name);
  if (guard === undefined) return undefined;
  const { label, entry, commit, subject, actsIn, does, without, loses, fstest } = guard;
  const link = commit === null ? subject : `[${commit}](https://git.kernel.org/linus/${commit}) ${subject}`;
  return [
    `**${label}** (\`${name}\`, ${entry} of the bug catalogue)`,
    link,
    `${releases(guard)}${fstest === null ? '' : ` Tested by ${fstest}.`}`,
    `In \`${actsIn}\`: ${does}`,
    `Without it: ${without}`,
    `Lost: ${loses}.`,
    ...(settings === undefined ? [] : [settingOf(guard, settings)]),
  ].join('\n\n');
}

/** Explains a kernel release: whose rules it uses, and which guards of the catalogue it lacks. */
export function explainKernel(release: string): string | undefined {
  if (!isRelease(release)) return undefined;
  const profile = kernelProfile(release);
  const lacking = guards.filter(({ name }) => !profile.guards[name]);
  const rows = lacking.map(({ name, fixed, loses }) => `| \`${name}\` | ${fixed ?? 'never'} | ${cell(loses)} |`);
  return [
    `**Linux ${release}**`,
    ...(profile.approximate ? [`Its rules are not modelled; those of ${profile.rulesOf} are used.`] : []),
    ['| guard that it lacks | fixed | what can be lost |', '| --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

function describe(word: string, kernel: string | undefined): OperationDescription | undefined {
  return isDescribed(word) ? describeOperation(word, kernel) : undefined;
}

function isDescribed(word: string): word is OperationKind | 'endio' {
  return operationKinds.some((kind) => kind === word);
}

function explainOccurrence(step: StepDescription): string {
  return `${meaningOf(step)}\n\nLocks held: ${step.locks || 'none'}.`;
}

function releases({ introduced, fixed, stable, retired }: Guard): string {
  const parts = [
    introduced === null ? undefined : `needed since ${introduced}`,
    fixed === null ? 'in no release' : `in releases from ${fixed} on`,
    stable.length === 0 ? undefined : `in stable releases from ${stable.join(', ')} on`,
    retired === null ? undefined : `its code is gone since ${retired}`,
  ];
  return `${parts.filter(Boolean).join('; ')}.`.replace(/^./, (first) => first.toUpperCase());
}

function settingOf({ name }: Guard, { kernel, guards: own }: KernelSettings): string {
  const profile = kernelProfile(kernel);
  const isOn = own[name] ?? profile.guards[name];
  const by = own[name] === undefined ? `as in ${profile.release}` : 'as the scenario says';
  return `Here it is **${isOn ? 'on' : 'off'}**, ${by}.`;
}

/** Text in a cell of a Markdown table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
