import type { Command } from 'commander';
import { checkReleases, findFixes, Proofs, profileOf, type Scenario } from '../../../engine/index.ts';
import type { LoweredScenario } from '../../language/index.ts';
import { Misuse } from '../exit-codes.ts';
import { guardReport, type ScenarioRepair } from '../pretty/guard-report.ts';
import { guardTable } from '../pretty/guard-table.ts';
import { firstError, openSourceFile, placeOf, type SourceFile } from '../source-file.ts';
import type { Terminal } from '../terminal.ts';

/** `fsrace guards [FILE]` */
export function addGuards(program: Command, terminal: Terminal): void {
  program
    .command('guards')
    .summary('list the guards, or find those that make scenarios safe')
    .description(
      'Lists the guard catalogue. With a file: for each scenario all minimal sets of guards that make it safe, each proved, and the first and last bad release among those known.',
    )
    .argument('[file]', 'scenario file')
    .action((path: string | undefined) => {
      const blocks = path === undefined ? [guardTable(terminal)] : repairs(openSourceFile(path), terminal);
      terminal.write(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`);
    });
}

function repairs(file: SourceFile, terminal: Terminal): string[][] {
  const error = firstError(file);
  if (error !== undefined) throw new Misuse(error);
  return file.reading.scenarios.flatMap((lowered) =>
    lowered.scenario === undefined ? [] : [guardReport(terminal, repairOf(file, lowered, lowered.scenario))],
  );
}

function repairOf(file: SourceFile, { name, sources }: LoweredScenario, scenario: Scenario): ScenarioRepair {
  const proofs = new Proofs(scenario);
  const { verdict } = proofs.judge({});
  return {
    name,
    place: `${file.path}:${placeOf(file, sources.name).line}`,
    profile: profileOf(scenario),
    verdict,
    found: verdict === 'unsafe' ? findFixes(scenario, {}, proofs) : { fixes: [], complete: true },
    releases: checkReleases(scenario, {}, proofs),
  };
}
