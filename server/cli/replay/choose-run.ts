import {
  answerQuestions,
  check,
  checkSchedule,
  type Explanation,
  explainViolation,
  firstInterleaving,
  type KernelProfile,
  profileOf,
  type Scenario,
  type Trace,
  traceWitness,
} from '../../../engine/index.ts';
import { describeAnswer } from '../../check/wording.ts';
import type { LoweredScenario } from '../../language/index.ts';
import { choose } from '../choose.ts';
import { Misuse } from '../exit-codes.ts';
import { firstError, placeOf, type SourceFile } from '../source-file.ts';

/** Which run of which scenario is asked for, by their names or numbers. */
interface RunRequest {
  readonly scenario?: string | undefined;
  readonly interleaving?: string | undefined;
  readonly question?: string | undefined;
}

/** A run that can be shown. */
export interface ChosenRun {
  readonly file: SourceFile;
  readonly lowered: LoweredScenario;
  readonly scenario: Scenario;
  readonly profile: KernelProfile;
  /** Which run it is, in words. */
  readonly title: string;
  readonly trace: Trace;
  /** Why its first loss comes about; undefined where it has none. */
  readonly explanation?: Explanation | undefined;
  /** Why an explicit interleaving cannot be run further than the trace goes, and where it says so. */
  readonly problem?: { readonly line: number; readonly message: string } | undefined;
}

/**
 * Finds the run in a file: the explicit interleaving, or the witness of the question, that is named, or else the witness of the first loss, or
 * else the first complete interleaving. Of several scenarios the first, when none is named. Throws a Misuse.
 */
export function chooseRun(file: SourceFile, request: RunRequest): ChosenRun {
  const { lowered, scenario } = chooseScenario(file, request.scenario);
  const common = { file, lowered, scenario, profile: profileOf(scenario) };
  if (request.question !== undefined) return { ...common, ...answerOf(scenario, request.question) };
  if (request.interleaving === undefined) return { ...common, ...witnessOf(scenario) };
  const names = scenario.schedules.map(({ name }) => name ?? '');
  const index = choose('interleaving', request.interleaving, names);
  const { steps, problem, violations } = checkSchedule(scenario, index);
  const [loss] = violations;
  const source = lowered.sources.schedules[index]!;
  return {
    ...common,
    title: `interleaving "${names[index] || index + 1}"`,
    trace: traceWitness(scenario, steps),
    explanation: loss && explainViolation(scenario, loss),
    problem: problem && {
      line: placeOf(file, source.entries[problem.entry] ?? source.name).line,
      message: problem.message,
    },
  };
}

/** The scenario of a file that is named, or the first. Throws a Misuse when there is none, or when it has errors. */
function chooseScenario(
  file: SourceFile,
  name: string | undefined,
): { readonly lowered: LoweredScenario; readonly scenario: Scenario } {
  const { scenarios } = file.reading;
  const index =
    name === undefined
      ? 0
      : choose(
          'scenario',
          name,
          scenarios.map((lowered) => lowered.name),
        );
  const lowered = scenarios[index];
  if (lowered?.scenario !== undefined) return { lowered, scenario: lowered.scenario };
  throw new Misuse(firstError(file, lowered?.span) ?? `there is no scenario in ${file.path}`);
}

/** The run that answers a question. Throws a Misuse where there is none. */
function answerOf(scenario: Scenario, question: string): Pick<ChosenRun, 'title' | 'trace'> {
  const { questions = [] } = scenario;
  const names = questions.map(({ name }) => name ?? '');
  const index = choose('question', question, names);
  const [answer] = answerQuestions({ ...scenario, questions: [questions[index]!] });
  const which = names[index] ? `"${names[index]}"` : `question ${index + 1}`;
  if (!answer?.reached) throw new Misuse(`no run to show for ${which}: ${describeAnswer(answer!)}`);
  return { title: `a shortest interleaving for ${which}`, trace: traceWitness(scenario, answer.witness) };
}

function witnessOf(scenario: Scenario): Pick<ChosenRun, 'title' | 'trace' | 'explanation'> {
  const { verdict, violations, deadlock, complete } = check(scenario);
  const witness = (violations[0] ?? deadlock)?.witness;
  if (witness !== undefined) {
    const what = violations.length > 0 ? 'that loses data' : 'into a deadlock';
    const [loss] = violations;
    return {
      title: `a shortest interleaving ${what}`,
      trace: traceWitness(scenario, witness),
      explanation: loss && explainViolation(scenario, loss),
    };
  }
  const why = complete ? `the scenario is ${verdict}` : 'the search hit its bound and found nothing';
  return {
    title: `the first complete interleaving (${why})`,
    trace: traceWitness(scenario, firstInterleaving(scenario)),
  };
}
