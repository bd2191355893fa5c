import { type Fix, findGuard } from '../../engine/index.ts';
import { formatCount } from '../check/wording.ts';
import type { GuardNode, LoweredScenario, TextEdit, TextFix } from '../language/index.ts';
import { insertMemberAfter, memberLayout, openingBrace } from './insert-member.ts';

/** Writes a fix that the engine has proved into the text. Undefined when the scenario has no place for it. */
export function provedFix(text: string, lowered: LoweredScenario, fix: Fix): TextFix | undefined {
  const all = fix.interleavings === undefined ? 'all' : `all ${formatCount(fix.interleavings)}`;
  const proof = `(proved: ${all} interleavings keep fsynced data)`;
  if (fix.kernel !== undefined) {
    const span = lowered.sources.kernel;
    const title = `Use kernel ${fix.kernel}, the first release with the fix ${proof}`;
    return span && { title, edits: [{ span, newText: fix.kernel }] };
  }
  const edits = guardEdits(text, lowered, fix.guards);
  const labels = fix.guards.map((name) => `the ${findGuard(name)?.label ?? name}`);
  return edits && { title: `Turn on ${labels.join(' and ')} ${proof}`, edits };
}

/** Guards that are off in the text are turned on where they stand; others are written below the kernel. */
function guardEdits(text: string, lowered: LoweredScenario, names: readonly string[]): readonly TextEdit[] | undefined {
  const { members } = lowered.node;
  const nodes = members.filter((member): member is GuardNode => member.kind === 'guard');
  const edits: TextEdit[] = [];
  const missing: string[] = [];
  for (const name of names) {
    const state = nodes.find((node) => node.name?.text === name)?.state;
    if (state === undefined) missing.push(`guard ${name} on`);
    else edits.push({ span: state.span, newText: 'on' });
  }
  if (missing.length === 0) return edits;
  const before = members.find(({ kind }) => kind === 'kernel')?.span ?? openingBrace(lowered.node);
  if (before === undefined) return undefined;
  const { lineBreak, indent } = memberLayout(text, lowered);
  const [first = '', ...others] = missing;
  const edit = insertMemberAfter(text, lowered, before, first);
  const separator = edit.newText.startsWith(' ') ? ' ' : `${lineBreak}${indent}`;
  return [...edits, { ...edit, newText: edit.newText + others.map((member) => separator + member).join('') }];
}
