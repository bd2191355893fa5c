/** The scenario language: text in, syntax tree, diagnostics and the engine's scenarios out. */
import { type BindOptions, bind } from './bind.ts';
import type { LanguageDiagnostic } from './diagnostic.ts';
import type { LoweredScenario } from './lowered-scenario.ts';
import { parse } from './parser.ts';
import type { SyntaxTree } from './syntax-tree.ts';

export { bind } from './bind.ts';
export type * from './diagnostic.ts';
export { LineIndex } from './line-index.ts';
export type * from './lowered-scenario.ts';
export { parse } from './parser.ts';
export type { StepNames } from './step-names.ts';
export type * from './syntax-tree.ts';
export * from './words.ts';

/** All that a scenario file says. */
export interface ScenarioFileReading {
  readonly tree: SyntaxTree;
  /** Of parser and binder, in the order of the text. */
  readonly diagnostics: readonly LanguageDiagnostic[];
  /** One for each scenario of the tree, in the order of the text. */
  readonly scenarios: readonly LoweredScenario[];
}

/** Parses, binds and lowers a scenario file. Never fails: whatever is wrong is a diagnostic. */
export function readScenarioFile(text: string, options?: BindOptions): ScenarioFileReading {
  const { tree, diagnostics } = parse(text);
  const bound = bind(tree, options);
  const all = [...diagnostics, ...bound.diagnostics].sort((left, right) => left.span.start - right.span.start);
  return { tree, diagnostics: all, scenarios: bound.scenarios };
}
