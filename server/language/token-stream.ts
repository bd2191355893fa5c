import type { DiagnosticCode, LanguageDiagnostic, TextFix } from './diagnostic.ts';
import { lex, type Token, type TokenKind } from './lexer.ts';
import type { Identifier, LanguageComment, Span, StringLiteral } from './syntax-tree.ts';

/**
 * The parser's view of the text: a cursor over tokens, and the place where syntax errors go. After an
 * error the stream is lost: further errors are swallowed until the parser finds its feet (`recovered`),
 * so that one mistake is one diagnostic.
 */
export class TokenStream {
  readonly text: string;
  readonly comments: readonly LanguageComment[];
  readonly diagnostics: LanguageDiagnostic[];
  readonly #tokens: readonly Token[];
  #index = 0;
  #lost = false;

  constructor(text: string) {
    const { tokens, comments, diagnostics } = lex(text);
    this.text = text;
    this.#tokens = tokens;
    this.comments = comments;
    this.diagnostics = [...diagnostics];
  }

  /** The token `ahead` tokens after the cursor; past the end, the `end` token. */
  peek(ahead = 0): Token {
    return this.#tokens[this.#index + ahead] ?? this.#tokens[this.#tokens.length - 1]!;
  }

  at(kind: TokenKind, ahead = 0): boolean {
    return this.peek(ahead).kind === kind;
  }

  /** Text of the token `ahead` tokens after the cursor when that is an identifier. */
  word(ahead = 0): string | undefined {
    const token = this.peek(ahead);
    return token.kind === 'identifier' ? this.textOf(token) : undefined;
  }

  atWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (
      token.kind === 'identifier' && token.end - token.start === word.length && this.text.startsWith(word, token.start)
    );
  }

  /** `name :` is a label or a schedule entry wherever it stands. */
  atLabel(): boolean {
    return this.at('identifier') && this.at(':', 1);
  }

  textOf(span: Span): string {
    return this.text.slice(span.start, span.end);
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#index++;
    return token;
  }

  accept(kind: TokenKind): Token | undefined {
    return this.at(kind) ? this.take() : undefined;
  }

  acceptWord(word: string): Token | undefined {
    return this.atWord(word) ? this.take() : undefined;
  }

  /** Takes a token of that kind, or complains that `what` is missing. */
  require(kind: TokenKind, what: string): Token | undefined {
    const token = this.accept(kind);
    if (token === undefined) this.expected(what);
    return token;
  }

  identifier(what: string): Identifier | undefined {
    const token = this.require('identifier', what);
    return token === undefined ? undefined : this.asIdentifier(token);
  }

  asIdentifier(token: Token): Identifier {
    return { text: this.textOf(token), span: spanOf(token) };
  }

  acceptString(): StringLiteral | undefined {
    const token = this.accept('string');
    if (token === undefined) return undefined;
    const source = this.textOf(token);
    const closed = source.length > 1 && source.endsWith('"');
    const content = source.slice(1, closed ? -1 : undefined);
    return { text: content.replace(/\\(.)/gs, '$1'), span: spanOf(token) };
  }

  /** End of the token before the cursor; 0 at the beginning. */
  get previousEnd(): number {
    return this.#tokens[this.#index - 1]?.end ?? 0;
  }

  /** From `start` to the end of the token before the cursor, at least one token long. */
  spanFrom(start: number): Span {
    return { start, end: Math.max(this.previousEnd, start) };
  }

  /** Something is missing here: complains at the token found, or, at a line's end, at the token before. */
  expected(what: string): void {
    const found = this.peek();
    const previous = this.#tokens[this.#index - 1];
    const lineBreak = previous !== undefined && /[\r\n]/.test(this.text.slice(previous.end, found.start));
    if (previous !== undefined && (found.kind === 'end' || lineBreak)) {
      this.error(`expected ${what} after ${this.describe(previous)}`, previous);
    } else {
      this.error(`expected ${what}, found ${this.describe(found)}`, found);
    }
  }

  /** An error after which the parser has to find its feet again. */
  error(message: string, span: Span, fixes?: readonly TextFix[], code: DiagnosticCode = 'syntax'): void {
    if (!this.#lost) this.report(code, message, span, fixes);
    this.#lost = true;
  }

  /** An error after which parsing goes on as if nothing had happened. */
  report(code: DiagnosticCode, message: string, span: Span, fixes?: readonly TextFix[]): void {
    this.diagnostics.push({ code, severity: 'error', message, span: spanOf(span), ...(fixes && { fixes }) });
  }

  /** Errors are swallowed, for one was reported and the parser does not know yet where it is. */
  get lost(): boolean {
    return this.#lost;
  }

  /** The parser stands at something that it understands: errors count again. */
  recovered(): void {
    this.#lost = false;
  }

  /** Skips to a token that `stop` accepts, to the `}` of the block around, or to the end. Blocks are skipped whole. */
  skipUntil(stop: () => boolean): void {
    for (let depth = 0; !this.at('end'); this.take()) {
      if (this.atScenario() || (depth === 0 && (stop() || this.at('}')))) return;
      if (this.at('{')) depth++;
      else if (this.at('}')) depth--;
    }
  }

  /** `scenario "…"` stands nowhere but at the top level, whatever blocks the text has left open. */
  atScenario(): boolean {
    if (this.at('scenario')) return true;
    return this.atWord('scenario') && (this.at('{', 1) || (this.at('identifier', 1) && this.at('{', 2)));
  }

  /** The block that `open` began has no `}`: reported at that brace. */
  unclosed(open: Token): void {
    // An unclosed comment has swallowed the braces and was complained about.
    const last = this.comments.at(-1);
    const swallowed = last?.kind === 'block' && !this.textOf(last.span).endsWith('*/');
    if (!swallowed) this.report('syntax', '`{` is never closed', open);
  }

  /** A token as messages name it. */
  describe(token: Token): string {
    if (token.kind === 'end') return 'the end of the file';
    const text = this.textOf(token);
    return text.includes('\0') ? 'a NUL byte (this is not a text file)' : quoted(text);
  }
}

export function spanOf(token: Span): Span {
  return { start: token.start, end: token.end };
}

function quoted(text: string): string {
  const printable = text.slice(0, 40).replace(/\p{C}/gu, '\uFFFD');
  return `\`${printable}${text.length > 40 ? '…' : ''}\``;
}
