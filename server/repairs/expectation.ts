import { formatRange, type Violation } from '../../engine/index.ts';
import type { LoweredScenario, TextFix } from '../language/index.ts';
import { appendMember } from './insert-member.ts';

/** Writes a loss into the scenario as expected; in the place of an `expect safe`, which it contradicts. */
export function recordLoss(text: string, lowered: LoweredScenario, violation: Violation): TextFix | undefined {
  const { scenario, sources } = lowered;
  if (scenario === undefined) return undefined;
  const { kind, file, range } = violation;
  const member = `expect ${kind} ${scenario.files[file]!.name} ${formatRange(range)}`;
  const safe = sources.expect[scenario.expect.findIndex((expectation) => expectation.kind === 'safe')];
  const edit = safe === undefined ? appendMember(text, lowered, member) : { span: safe, newText: member };
  return edit && { title: `Record the loss: \`${member}\``, edits: [edit] };
}
