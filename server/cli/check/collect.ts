import { diagnoseFailure } from '../../check/diagnose.ts';
import type { LanguageDiagnostic } from '../../language/index.ts';
import { isInShard, type Shard } from '../arguments.ts';
import { readSourceFiles, type SourceFile, type UnreadablePath } from '../source-file.ts';
import { type CheckSettings, configure } from './configure.ts';
import type { CheckableScenario, Problem } from './report.ts';

/** Which scenarios, and what the command line changes about them. */
export interface ScenarioSelection extends CheckSettings {
  readonly paths: readonly string[];
  readonly shard?: Shard | undefined;
}

/** Reads all scenarios that the paths name, in the order of paths and text, and tells what cannot be read. */
export function collectScenarios(selection: ScenarioSelection): {
  readonly scenarios: readonly CheckableScenario[];
  readonly problems: readonly Problem[];
} {
  const { paths, shard } = selection;
  const { files, unreadable } = readSourceFiles(paths);
  const ownFiles = files.filter((_, position) => isInShard(position, shard));
  return {
    scenarios: files.flatMap((file) => checkables(file, selection)).filter((_, position) => isInShard(position, shard)),
    problems: [...unreadable.map(unreadableProblem), ...ownFiles.flatMap(textProblems)],
  };
}

/** That the checker itself failed on a scenario, and how. */
export function failureProblem({ file, lowered }: CheckableScenario, failure: string): Problem {
  return problemAt(file, diagnoseFailure(lowered, failure));
}

function checkables(file: SourceFile, settings: CheckSettings): CheckableScenario[] {
  return file.reading.scenarios.flatMap((lowered) =>
    lowered.scenario === undefined ? [] : [{ file, lowered, scenario: configure(lowered.scenario, settings) }],
  );
}

function unreadableProblem({ path, reason }: UnreadablePath): Problem {
  return { path, code: 'unreadable', message: reason };
}

function textProblems(file: SourceFile): Problem[] {
  return file.reading.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((diagnostic) => problemAt(file, diagnostic));
}

function problemAt(
  file: SourceFile,
  { code, message, span }: Pick<LanguageDiagnostic, 'message' | 'span'> & { readonly code: string },
): Problem {
  return { path: file.path, code, message, source: { file, span } };
}
