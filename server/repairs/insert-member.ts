import type { LoweredScenario, ScenarioNode, Span, TextEdit } from '../language/index.ts';

/** What may stand between a member and the end of its line: blanks, separators and comments that end there. */
const restOfLine = /^[ \t;]*(\/\*(?:(?!\*\/)[^\r\n])*\*\/[ \t;]*)*(\/\/[^\r\n]*)?$/;

const indentUnit = '  ';

/** How a scenario's members are laid out. */
interface MemberLayout {
  /** Line break of the text. */
  readonly lineBreak: string;
  /** What members begin their lines with. */
  readonly indent: string;
}

/** The layout to write new members in: that of the first member on a line of its own. */
export function memberLayout(text: string, { node, span }: LoweredScenario): MemberLayout {
  const lineBreak = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const own = node.members
    .map((member) => indentBefore(text, member.span.start))
    .find((indent) => indent !== undefined);
  const outer = indentBefore(text, span.start) ?? '';
  return { lineBreak, indent: own ?? outer + indentUnit };
}

/**
 * Inserts a member behind another one, or behind the opening brace: on a line of its own, below the comment
 * that the line ends with; where something else follows on the line, on the same line.
 */
export function insertMemberAfter(text: string, lowered: LoweredScenario, before: Span, member: string): TextEdit {
  const { end } = before;
  const lineEnd = endOfLine(text, end);
  if (!restOfLine.test(text.slice(end, lineEnd))) return insertion(end, ` ${member}`);
  const { lineBreak, indent } = memberLayout(text, lowered);
  return insertion(lineEnd, `${lineBreak}${indent}${member}`);
}

/** Inserts a member behind all others. Undefined when the scenario has no body. */
export function appendMember(text: string, lowered: LoweredScenario, member: string): TextEdit | undefined {
  const last = lowered.node.members.at(-1)?.span ?? openingBrace(lowered.node);
  return last && insertMemberAfter(text, lowered, last, member);
}

/** The brace that opens the body of a scenario; undefined when it has none. */
export function openingBrace({ body }: ScenarioNode): Span | undefined {
  return body && { start: body.start, end: body.start + 1 };
}

function insertion(offset: number, newText: string): TextEdit {
  return { span: { start: offset, end: offset }, newText };
}

function endOfLine(text: string, offset: number): number {
  const rest = /[\r\n]/.exec(text.slice(offset));
  return rest === null ? text.length : offset + rest.index;
}

/** The blanks that a line begins with, when nothing else stands before `offset` on it. */
function indentBefore(text: string, offset: number): string | undefined {
  return /(?:^|[\r\n])([ \t]*)$/.exec(text.slice(0, offset))?.[1];
}
