import type { Scenario } from '../../engine/index.ts';
import type { ScenarioNode, Span } from './syntax-tree.ts';

/** One scenario of a file, ready for the engine, with the way back from its indices to the text. */
export interface LoweredScenario {
  /** Empty when the text gives none. */
  readonly name: string;
  /** From the keyword to the closing brace. */
  readonly span: Span;
  /** Undefined when errors in it make it uncheckable. */
  readonly scenario: Scenario | undefined;
  readonly sources: ScenarioSources;
  /** The `///` lines above it, joined by `\n`; empty when there are none. */
  readonly documentation: string;
  readonly node: ScenarioNode;
}

/**
 * Where each part of a `Scenario` stands. The arrays run parallel to those of the `Scenario`; when that is
 * undefined, they still follow the text.
 */
export interface ScenarioSources {
  /** The name with its quotes; the keyword when there is no name. */
  readonly name: Span;
  /** The version after `kernel`; undefined when the newest profile is used. */
  readonly kernel: Span | undefined;
  /** The whole `guard NAME on|off`, by guard name. */
  readonly guards: Readonly<Record<string, Span>>;
  readonly files: readonly NamedSource[];
  readonly tasks: readonly TaskSource[];
  readonly orders: readonly Span[];
  readonly schedules: readonly ScheduleSource[];
  readonly expect: readonly Span[];
  readonly questions: readonly QuestionSource[];
  readonly bounds: { readonly states?: Span | undefined; readonly steps?: Span | undefined };
}

export interface NamedSource {
  readonly name: Span;
  readonly span: Span;
}

export interface TaskSource extends NamedSource {
  readonly operations: readonly OperationSource[];
}

interface OperationSource {
  /** From the label, or the word, to the last operand. */
  readonly span: Span;
  readonly keyword: Span;
}

export interface QuestionSource {
  readonly span: Span;
  /** The name with its quotes; the keyword when there is no name. */
  readonly name: Span;
}

export interface ScheduleSource {
  readonly span: Span;
  /** The name with its quotes; the keyword when there is no name. */
  readonly name: Span;
  readonly entries: readonly Span[];
}
