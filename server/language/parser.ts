import type { LanguageDiagnostic } from './diagnostic.ts';
import { nearestName, suggestion } from './did-you-mean.ts';
import { documentationAbove } from './documentation.ts';
import { parseBlock } from './parse-block.ts';
import { parseMember } from './parse-members.ts';
import type { MemberNode, ScenarioNode, StringLiteral, SyntaxTree } from './syntax-tree.ts';
import { spanOf, TokenStream } from './token-stream.ts';
import { isMemberWord, isOperationWord, type MemberWord, memberWords } from './words.ts';

/** What the parser makes of a text. */
interface ParsedFile {
  readonly tree: SyntaxTree;
  /** Syntax errors, in the order of the text. */
  readonly diagnostics: readonly LanguageDiagnostic[];
}

/** Parses a scenario file. Never fails: what cannot be understood is reported and skipped. */
export function parse(text: string): ParsedFile {
  const stream = new TokenStream(text);
  const scenarios: ScenarioNode[] = [];
  while (!stream.at('end')) {
    if (stream.at('scenario') || stream.atWord('scenario') || atMisspelled(stream)) {
      scenarios.push(parseScenario(stream));
    } else {
      reportOutside(stream);
      do stream.take();
      while (!stream.at('end') && !stream.atScenario() && !atMisspelled(stream));
    }
  }
  const diagnostics = stream.diagnostics.sort((left, right) => left.span.start - right.span.start);
  const tree = { text, comments: stream.comments, scenarios: markIllFormed(scenarios, diagnostics) };
  return { tree, diagnostics };
}

/** `scenari "…" {` is read as a scenario, so that the rest of it is not lost. */
function atMisspelled(stream: TokenStream): boolean {
  return stream.at('identifier') && stream.at('string', 1) && stream.at('{', 2) && !isMemberWord(stream.word());
}

function reportOutside(stream: TokenStream): void {
  const found = stream.peek();
  const word = stream.word();
  if (found.kind === '}') stream.error('`}` without a `{`', found);
  else if (isMemberWord(word)) stream.error(`\`${word}\` stands outside a scenario`, found);
  else stream.expected('`scenario "name" { … }`');
}

function parseScenario(stream: TokenStream): ScenarioNode {
  const keyword = spanOf(stream.peek());
  const documentation = documentationAbove(stream.text, stream.comments, keyword.start);
  const word = stream.asIdentifier(stream.take());
  if (word.text === 'scenario') {
    stream.recovered();
  } else {
    const { hint, fixes } = suggestion(word.text, word.span, ['scenario']);
    stream.error(`expected \`scenario\`, found \`${word.text}\`${hint}`, word.span, fixes);
  }
  const name = parseScenarioName(stream);
  const block = parseBlock(
    stream,
    () => isMemberWord(stream.word()),
    () => parseMembers(stream),
  );
  const span = stream.spanFrom(keyword.start);
  const members = block?.content ?? [];
  return { kind: 'scenario', span, keyword, name, documentation, body: block?.body, members, wellFormed: true };
}

function parseScenarioName(stream: TokenStream): StringLiteral | undefined {
  const name = stream.acceptString();
  if (name !== undefined) return name;
  const { start } = stream.peek();
  if (!stream.at('identifier') || (isMemberWord(stream.word()) && !stream.at('{', 1))) {
    stream.expected('the name of the scenario in quotes');
    return undefined;
  }
  while (stream.at('identifier') && (!isMemberWord(stream.word()) || stream.at('{', 1))) stream.take();
  const span = stream.spanFrom(start);
  const text = stream.textOf(span);
  const fix = { title: 'Put the name in quotes', edits: [{ span, newText: `"${text}"` }] };
  stream.error('the name of a scenario is written in quotes', span, [fix]);
  return { text, span };
}

function parseMembers(stream: TokenStream): MemberNode[] {
  const members: MemberNode[] = [];
  while (!stream.at('}') && !stream.at('end') && !stream.atScenario()) {
    const word = memberWordAt(stream);
    if (word !== undefined) members.push(parseMember(stream, word));
    else stream.skipUntil(() => isMemberWord(stream.word()));
  }
  return members;
}

/** The word of the member that begins here, or that was meant to; undefined, after a complaint, when none does. */
function memberWordAt(stream: TokenStream): MemberWord | undefined {
  const word = stream.word();
  if (isMemberWord(word)) return word;
  const found = stream.peek();
  if (word === undefined) {
    stream.error(`expected a member of the scenario, found ${stream.describe(found)}`, found);
  } else if (isOperationWord(word)) {
    stream.error(`\`${word}\` stands outside a task`, found);
  } else {
    const { hint, fixes } = suggestion(word, spanOf(found), memberWords);
    stream.error(`unknown member \`${word}\`${hint}`, found, fixes);
    const nearest = nearestName(word, memberWords);
    return isMemberWord(nearest) ? nearest : undefined;
  }
  return undefined;
}

/** A scenario with a syntax error, or with strange text behind it, may lack something: it is not to be checked. */
function markIllFormed(
  scenarios: readonly ScenarioNode[],
  diagnostics: readonly LanguageDiagnostic[],
): readonly ScenarioNode[] {
  let next = 0;
  return scenarios.map((scenario, index) => {
    while (next < diagnostics.length && diagnostics[next]!.span.start < scenario.span.start) next++;
    const error = diagnostics[next];
    const end = scenarios[index + 1]?.span.start ?? Number.POSITIVE_INFINITY;
    return error !== undefined && error.span.start < end ? { ...scenario, wellFormed: false } : scenario;
  });
}
