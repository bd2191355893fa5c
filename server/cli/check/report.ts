import { type KernelProfile, profileOf, type Scenario } from '../../../engine/index.ts';
import type { ScenarioAnalysis } from '../../check/analysis.ts';
import { diagnose } from '../../check/diagnose.ts';
import type { VerdictDiagnostic } from '../../check/verdict-diagnostic.ts';
import type { LanguageDiagnostic, LoweredScenario, Span } from '../../language/index.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { SourceFile } from '../source-file.ts';

/** A scenario that can be checked, and where it comes from. */
export interface CheckableScenario {
  readonly file: SourceFile;
  readonly lowered: LoweredScenario;
  /** With what the command line changes about it. */
  readonly scenario: Scenario;
}

/** A scenario with what was found out about it. */
export interface ScenarioReport extends CheckableScenario {
  readonly profile: KernelProfile;
  readonly analysis: ScenarioAnalysis;
  /** What the search found. */
  readonly findings: readonly VerdictDiagnostic[];
  /** Warnings and hints that needed no search. */
  readonly notices: readonly LanguageDiagnostic[];
}

/** Why something could not be checked. */
export interface Problem {
  /** As shown. */
  readonly path: string;
  /** Stable name: one of the language's diagnostics, `unreadable`, or `internal-error`. */
  readonly code: string;
  readonly message: string;
  /** The text that it is about; undefined when there is none to read. */
  readonly source?: { readonly file: SourceFile; readonly span: Span } | undefined;
}

/** What one run of `check` found. */
export interface CheckReport {
  readonly scenarios: readonly ScenarioReport[];
  readonly problems: readonly Problem[];
}

/** Puts together all that is known about a scenario. */
export function reportOn(checkable: CheckableScenario, analysis: ScenarioAnalysis): ScenarioReport {
  const { lowered, scenario } = checkable;
  const profile = profileOf(scenario);
  return {
    ...checkable,
    profile,
    analysis,
    findings: diagnose({ ...lowered, scenario }, analysis),
    notices: noticesOf(checkable, profile),
  };
}

/** What the language says about the scenario; about its kernel only while the command line has not replaced it. */
function noticesOf({ file, lowered, scenario }: CheckableScenario, profile: KernelProfile): LanguageDiagnostic[] {
  const own = file.reading.diagnostics.filter(
    ({ span }) => lowered.span.start <= span.start && span.end <= lowered.span.end,
  );
  if (scenario.kernel === lowered.scenario?.kernel) return own;
  const others = own.filter(({ code }) => code !== 'profile-approximate' && code !== 'retired-guard');
  if (!profile.approximate) return others;
  const message = `the rules of ${profile.release} are not modelled; those of ${profile.rulesOf} are used`;
  return [{ code: 'profile-approximate', severity: 'warning', message, span: lowered.sources.name }, ...others];
}

/** The exit code that a report calls for: what could not be checked weighs most. */
export function exitCodeOf({ scenarios, problems }: CheckReport): ExitCode {
  if (problems.length > 0) return exitCodes.misuse;
  if (scenarios.some(({ findings }) => findings.some(({ severity }) => severity === 'error'))) return exitCodes.found;
  return scenarios.every(isSettled) ? exitCodes.clean : exitCodes.bounded;
}

/** No bound left anything open: neither the verdict nor the answer to a question. */
function isSettled({ analysis: { verdict, questions = [] } }: ScenarioReport): boolean {
  return verdict.complete && questions.every(({ reached }) => reached !== null);
}
