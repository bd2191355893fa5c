import type { Scenario } from '../../engine/index.ts';
import { bindQuestion, reportEqualQuestions, reportRangesBeyond } from './bind-conditions.ts';
import { bindBounds, bindExpectation, reportConflicts } from './bind-expectations.ts';
import { bindFile, reportOthers } from './bind-files.ts';
import { bindGuards, bindKernel } from './bind-kernel.ts';
import { bindMount } from './bind-mount.ts';
import { declaresDirectory } from './bind-names.ts';
import { bindOrders } from './bind-orders.ts';
import { bindSchedule, reportEqualSchedules } from './bind-schedules.ts';
import { bindTask } from './bind-tasks.ts';
import type { LanguageDiagnostic } from './diagnostic.ts';
import type { LoweredScenario } from './lowered-scenario.ts';
import { membersByWord } from './members.ts';
import { reportLimits } from './model-limits.ts';
import { Problems } from './problems.ts';
import { Scope } from './scope.ts';
import { sourcesOf } from './sources.ts';
import type { StepNames } from './step-names.ts';
import type { ScenarioNode } from './syntax-tree.ts';

/** One scenario after binding. */
interface BoundScenario {
  readonly lowered: LoweredScenario;
  readonly diagnostics: readonly LanguageDiagnostic[];
}

/** Binds one scenario; it is lowered when neither the parser nor the binder found an error in it. */
export function bindScenario(node: ScenarioNode, stepNames: StepNames): BoundScenario {
  const problems = new Problems();
  const members = membersByWord(node.members);
  const version = bindKernel(members.kernel, problems);
  const guards = bindGuards(members.guard, version?.text, problems);
  const scope = new Scope(members.file, members.task, stepNames, problems);
  const files = members.file.filter((file) => !declaresDirectory(file));
  for (const file of members.file) {
    const directory = file.attributes.find(({ kind }) => kind === 'directory');
    if (directory !== undefined) reportOthers(file, directory, problems);
  }
  const parts = {
    name: node.name?.text ?? '',
    kernel: version?.text,
    guards: guards.settings,
    mount: bindMount(members.mount, problems),
    files: files.map((file) => bindFile(file, problems)),
    tasks: members.task.map((task) => bindTask(task, scope)),
    orders: bindOrders(members.order, scope),
    schedules: members.interleaving.map((interleaving) => bindSchedule(interleaving, scope)),
    expect: members.expect.map((expectation) => bindExpectation(expectation, scope)),
    questions: members.reach.map((reach) => bindQuestion(reach, scope)),
  };
  const namespace = scope.names.namespace();
  reportEqualSchedules(members.interleaving, problems);
  reportConflicts(members.expect, problems);
  reportEqualQuestions(members.reach, problems);
  const { bounds, sources: boundSources } = bindBounds(members.bound, problems);
  const sources = sourcesOf(
    node,
    { ...members, file: files },
    { kernel: version?.span, guards: guards.sources, bounds: boundSources },
  );
  let scenario = node.wellFormed && problems.errors === 0 ? complete({ ...parts, namespace, bounds }) : undefined;
  if (scenario !== undefined && reportLimits(scenario, sources, problems)) scenario = undefined;
  if (scenario !== undefined && reportRangesBeyond(scenario, members.reach, scope)) scenario = undefined;
  const documentation = node.documentation?.text ?? '';
  return {
    lowered: { name: parts.name, span: node.span, scenario, sources, documentation, node },
    diagnostics: problems.diagnostics,
  };
}

type Lists = Required<Pick<Scenario, 'files' | 'tasks' | 'orders' | 'schedules' | 'expect' | 'questions'>>;
type Parts = Omit<Scenario, keyof Lists> & {
  readonly [Key in keyof Lists]: readonly (NonNullable<Lists[Key]>[number] | undefined)[];
};

/** A scenario of which no part is missing. */
function complete(parts: Parts): Scenario | undefined {
  const files = allDefined(parts.files);
  const tasks = allDefined(parts.tasks);
  const orders = allDefined(parts.orders);
  const schedules = allDefined(parts.schedules);
  const expect = allDefined(parts.expect);
  const questions = allDefined(parts.questions);
  if (!files || !tasks || !orders || !schedules || !expect || !questions) return undefined;
  const asked = questions.length > 0 ? questions : undefined;
  return { ...parts, files, tasks, orders, schedules, expect, questions: asked };
}

function allDefined<Part>(parts: readonly (Part | undefined)[]): readonly Part[] | undefined {
  const defined = parts.filter((part) => part !== undefined);
  return defined.length === parts.length ? defined : undefined;
}
