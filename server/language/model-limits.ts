import { blockSize, cutOffsets, maximumSegments, type Operation, type Scenario } from '../../engine/index.ts';
import type { ScenarioSources } from './lowered-scenario.ts';
import type { Problems } from './problems.ts';

/**
 * Reports what only the whole scenario shows to be beyond the engine: a file that is cut into too many
 * segments, at the scenario's name. True if there is one.
 */
export function reportLimits(scenario: Scenario, sources: ScenarioSources, problems: Problems): boolean {
  const before = problems.errors;
  const cuts = cutOffsets(scenario);
  cuts.forEach((offsets, index) => {
    const count = offsets.length - 1;
    if (count > maximumSegments) {
      const { name } = scenario.files[index]!;
      const message = `ranges cut file \`${name}\` into ${count} segments; at most ${maximumSegments} can be checked`;
      problems.error('too-many-segments', message, sources.name);
    }
  });
  reportUnalignedClones(scenario, sources, problems);
  return problems.errors > before;
}

/** The end of a range to clone is at a block, or it is where the source can end. */
function reportUnalignedClones(scenario: Scenario, sources: ScenarioSources, problems: Problems): void {
  scenario.tasks.forEach(({ operations }, task) => {
    operations.forEach((operation, index) => {
      if (operation.kind !== 'clone' || operation.range === 'all') return;
      const { end } = operation.range;
      if (end % blockSize === 0 || canEndAt(scenario, operation.file, end)) return;
      const { name } = scenario.files[operation.file]!;
      const message = `a range to clone ends at a multiple of 4K, or where \`${name}\` ends`;
      problems.error('invalid-range', message, sources.tasks[task]!.operations[index]!.span);
    });
  });
}

function canEndAt({ files, tasks }: Scenario, file: number, offset: number): boolean {
  const ends = (operation: Operation): boolean => {
    if (!('file' in operation) || operation.file !== file) return false;
    if (operation.kind === 'truncate') return operation.size === offset;
    return operation.kind !== 'clone' && operation.range !== 'all' && operation.range.end === offset;
  };
  return files[file]!.size === offset || tasks.some(({ operations }) => operations.some(ends));
}
