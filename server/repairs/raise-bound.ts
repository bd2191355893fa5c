import type { BoundHit } from '../../engine/index.ts';
import { formatCount } from '../check/wording.ts';
import type { LoweredScenario, TextFix } from '../language/index.ts';
import { appendMember } from './insert-member.ts';

const factor = 10;

/** Gives the search ten times the room that it ran out of. Undefined for bounds that the language does not set. */
export function raiseBound(text: string, lowered: LoweredScenario, { kind, limit }: BoundHit): TextFix | undefined {
  if (kind !== 'states' && kind !== 'steps') return undefined;
  const raised = limit * factor;
  if (!Number.isSafeInteger(raised)) return undefined;
  const span = lowered.sources.bounds[kind];
  const member = `bound ${kind} ${raised}`;
  const edit = span === undefined ? appendMember(text, lowered, member) : { span, newText: member };
  return edit && { title: `Raise the bound to ${formatCount(raised)} ${kind}`, edits: [edit] };
}
