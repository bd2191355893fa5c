import type { ScenarioNode, SyntaxTree } from '../language/index.ts';
import { lex } from '../language/lexer.ts';
import { type Found, Walk } from './completion-walk.ts';
import { walkScenario } from './scenario-walk.ts';

/** A place in the text where something can be completed. */
export interface CompletionPlace extends Found {
  /** The scenario around the place. */
  readonly scenario: ScenarioNode | undefined;
}

/** What may be written at an offset; undefined inside of comments and strings. */
export function completionPlace(tree: SyntaxTree, offset: number): CompletionPlace | undefined {
  const { text, comments, scenarios } = tree;
  const inComment = comments.some(({ kind, span }) =>
    kind === 'block' ? span.start < offset && offset < span.end : span.start < offset && offset <= span.end,
  );
  if (inComment) return undefined;
  const scenario = scenarios.findLast(({ keyword }) => keyword.end < offset);
  const from = scenario?.keyword.start ?? 0;
  const tokens = lex(text.slice(from, offset)).tokens.slice(0, -1);
  const last = tokens.at(-1);
  const atWord = last !== undefined && from + last.end === offset;
  if (atWord && last.kind === 'string') return undefined;
  const isPartial = atWord && (last.kind === 'identifier' || last.kind === 'number');
  const walk = new Walk(text, from, isPartial ? tokens.slice(0, -1) : tokens, isPartial ? from + last.start : offset);
  if (scenario === undefined) walk.next('scenario');
  else walkScenario(walk);
  return { scenario, ...walk.place };
}
