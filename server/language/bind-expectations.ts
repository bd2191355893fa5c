import type { Expectation, SearchBounds } from '../../engine/index.ts';
import type { Problems } from './problems.ts';
import { bindRange } from './ranges.ts';
import type { Scope } from './scope.ts';
import type { BoundNode, ExpectNode, Span } from './syntax-tree.ts';

/** Lowers one expectation; undefined when something about it was reported. */
export function bindExpectation(node: ExpectNode, scope: Scope): Expectation | undefined {
  const kind = node.what?.text;
  if (kind === 'safe') return { kind };
  const file = node.file && scope.file(node.file);
  const range = node.range && bindRange(node.range, scope.problems);
  if (range === 'all') {
    const message = '`all` is no fixed range; write the bytes that are lost, such as `0..4K`';
    scope.problems.error('invalid-range', message, node.range!.span);
    return undefined;
  }
  if (file === undefined || range === undefined) return undefined;
  if (kind === 'lost' || kind === 'corrupt' || kind === 'resurrected') return { kind, file, range };
  return undefined;
}

/** A scenario cannot be both safe and lossy. */
export function reportConflicts(nodes: readonly ExpectNode[], problems: Problems): void {
  const safe = nodes.find((node) => node.what?.text === 'safe');
  const loss = nodes.find((node) => node.what !== undefined && node.what.text !== 'safe');
  if (safe === undefined || loss === undefined) return;
  problems.error('conflicting-expectation', '`expect safe` contradicts the loss that is expected', safe.span, {
    related: [{ span: loss.span, message: 'expects a loss' }],
  });
}

/** The search bounds that a scenario sets, with the place of each. */
interface BoundBounds {
  readonly bounds: SearchBounds;
  readonly sources: { readonly states?: Span; readonly steps?: Span };
}

/** Lowers the bounds of a scenario. */
export function bindBounds(nodes: readonly BoundNode[], problems: Problems): BoundBounds {
  const bounds: { states?: number; steps?: number } = {};
  const sources: { states?: Span; steps?: Span } = {};
  for (const { what, limit, span } of nodes) {
    const kind = what?.text;
    if ((kind !== 'states' && kind !== 'steps') || limit?.value === undefined) continue;
    const first = sources[kind];
    if (first !== undefined) problems.duplicate(`\`bound ${kind}\` is given twice`, span, first);
    else if (limit.value === 0) problems.error('invalid-range', 'a bound is at least 1', limit.span);
    bounds[kind] = limit.value;
    sources[kind] ??= span;
  }
  return { bounds, sources };
}
