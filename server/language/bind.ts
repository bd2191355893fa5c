import { bindScenario } from './bind-scenario.ts';
import type { LanguageDiagnostic } from './diagnostic.ts';
import type { LoweredScenario } from './lowered-scenario.ts';
import { type StepNames, stepNames } from './step-names.ts';
import type { ScenarioNode, SyntaxTree } from './syntax-tree.ts';

/** What names and ranges mean in a file. */
interface BoundFile {
  /** One for each scenario of the tree, in the order of the text. */
  readonly scenarios: readonly LoweredScenario[];
  /** Name, range and model problems; not the parser's. In the order of the text. */
  readonly diagnostics: readonly LanguageDiagnostic[];
}

export interface BindOptions {
  /** Step names to check references against; by default those of the engine. */
  readonly stepNames?: StepNames | undefined;
}

/** Resolves names, checks ranges, and lowers each scenario that is without errors for the engine. */
export function bind(tree: SyntaxTree, options: BindOptions = {}): BoundFile {
  const diagnostics: LanguageDiagnostic[] = [];
  reportEqualNames(tree.scenarios, diagnostics);
  const scenarios = tree.scenarios.map((node) => {
    const bound = bindScenario(node, options.stepNames ?? stepNames);
    for (const diagnostic of bound.diagnostics) diagnostics.push(diagnostic);
    return bound.lowered;
  });
  diagnostics.sort((left, right) => left.span.start - right.span.start);
  return { scenarios, diagnostics };
}

/** Scenarios of one name can be checked, but nobody could say which one is meant. */
function reportEqualNames(scenarios: readonly ScenarioNode[], diagnostics: LanguageDiagnostic[]): void {
  const seen = new Map<string, ScenarioNode>();
  for (const node of scenarios) {
    if (node.name === undefined) continue;
    const first = seen.get(node.name.text);
    if (first?.name === undefined) {
      seen.set(node.name.text, node);
    } else {
      diagnostics.push({
        code: 'duplicate-name',
        severity: 'error',
        message: `another scenario is called "${node.name.text}"`,
        span: node.name.span,
        related: [{ span: first.name.span, message: 'first here' }],
      });
    }
  }
}
