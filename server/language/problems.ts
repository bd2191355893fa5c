import type { DiagnosticCode, LanguageDiagnostic, RelatedPlace, TextFix } from './diagnostic.ts';
import { suggestion } from './did-you-mean.ts';
import type { Identifier, Span } from './syntax-tree.ts';

interface Details {
  readonly fixes?: readonly TextFix[] | undefined;
  readonly related?: readonly RelatedPlace[] | undefined;
}

/** After so many unknown names in one scenario, nobody reads suggestions any more, and they cost time. */
const mostSuggestions = 100;

/** Collects what binding has to say about one scenario. */
export class Problems {
  readonly diagnostics: LanguageDiagnostic[] = [];
  /** Errors so far: a scenario with any is not checked. */
  errors = 0;
  #suggestions = 0;

  error(code: DiagnosticCode, message: string, span: Span, details: Details = {}): void {
    this.errors++;
    this.diagnostics.push({ code, severity: 'error', message, span, ...details });
  }

  warning(code: DiagnosticCode, message: string, span: Span): void {
    this.diagnostics.push({ code, severity: 'warning', message, span });
  }

  hint(code: DiagnosticCode, message: string, span: Span): void {
    this.diagnostics.push({ code, severity: 'hint', message, span });
  }

  /** A name that is none of `names`: `complaint` with the nearest valid one. */
  unknownName(complaint: string, name: Identifier, names: Iterable<string>): void {
    const tired = this.#suggestions++ >= mostSuggestions;
    const { hint, fixes } = tired ? { hint: '' } : suggestion(name.text, name.span, [...new Set(names)]);
    this.error('unknown-name', `${complaint}${hint}`, name.span, { fixes });
  }

  notModelled(what: string, span: Span): void {
    this.error('not-modelled', `${what} is not modelled yet`, span);
  }

  /** Two things of one name, or a thing said twice; `again` is the later place. */
  duplicate(message: string, again: Span, first: Span): void {
    this.error('duplicate-name', message, again, { related: [{ span: first, message: 'first here' }] });
  }
}
