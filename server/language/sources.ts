import type { NamedSource, ScenarioSources } from './lowered-scenario.ts';
import type { MembersByWord } from './members.ts';
import type { FileNode, ScenarioNode, TaskNode } from './syntax-tree.ts';

type Settings = Pick<ScenarioSources, 'kernel' | 'guards' | 'bounds'>;

/** Where the parts of a scenario stand; `settings` are those places that binding alone knows. */
export function sourcesOf(node: ScenarioNode, members: MembersByWord, settings: Settings): ScenarioSources {
  return {
    ...settings,
    name: node.name?.span ?? node.keyword,
    files: members.file.map(namedSource),
    tasks: members.task.map((task) => ({
      ...namedSource(task),
      operations: task.operations.map(({ span, word }) => ({ span, keyword: word.span })),
    })),
    orders: members.order.map((order) => order.span),
    schedules: members.interleaving.map(({ span, name, keyword, entries }) => ({
      span,
      name: name?.span ?? keyword,
      entries: entries.map((entry) => entry.span),
    })),
    questions: members.reach.map(({ span, name, keyword }) => ({ span, name: name?.span ?? keyword })),
    expect: members.expect.map((expectation) => expectation.span),
  };
}

function namedSource({ name, keyword, span }: FileNode | TaskNode): NamedSource {
  return { name: name?.span ?? keyword, span };
}
