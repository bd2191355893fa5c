import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver';
import type { ScenarioDocument } from '../documents/scenario-document.ts';
import type { Identifier, MemberNode, ScenarioNode, Span } from '../language/index.ts';

/** The outline: scenarios with their files, tasks, operations, interleavings and questions. */
export function documentSymbols(document: ScenarioDocument): DocumentSymbol[] {
  return document.reading.tree.scenarios.map((scenario) => scenarioSymbol(document, scenario));
}

function scenarioSymbol(document: ScenarioDocument, { name, keyword, span, members }: ScenarioNode): DocumentSymbol {
  const children = members.flatMap((member) => memberSymbol(document, member) ?? []);
  return symbol(document, SymbolKind.Module, name?.text, name?.span ?? keyword, span, { detail: 'scenario', children });
}

function memberSymbol(document: ScenarioDocument, member: MemberNode): DocumentSymbol | undefined {
  const { span, keyword } = member;
  switch (member.kind) {
    case 'file':
      return symbol(document, SymbolKind.File, member.name?.text, member.name?.span ?? keyword, span, {
        detail: 'file',
      });
    case 'task': {
      const children = member.operations.map((operation) => {
        const text = document.text.slice(operation.word.span.start, operation.span.end).replace(/\s+/g, ' ');
        return symbol(document, SymbolKind.Event, text, operation.word.span, operation.span, labelled(operation.label));
      });
      return symbol(document, SymbolKind.Function, member.name?.text, member.name?.span ?? keyword, span, {
        detail: 'task',
        children,
      });
    }
    case 'interleaving':
      return symbol(document, SymbolKind.Method, member.name?.text, member.name?.span ?? keyword, span, {
        detail: 'interleaving',
      });
    case 'reach':
      return symbol(document, SymbolKind.Boolean, member.name?.text, member.name?.span ?? keyword, span, {
        detail: 'reach',
      });
    default:
      return undefined;
  }
}

function labelled(label: Identifier | undefined): Pick<DocumentSymbol, 'detail'> {
  return label === undefined ? {} : { detail: label.text };
}

function symbol(
  document: ScenarioDocument,
  kind: SymbolKind,
  name: string | undefined,
  selection: Span,
  span: Span,
  more: Pick<DocumentSymbol, 'detail' | 'children'>,
): DocumentSymbol {
  const range = document.rangeOf(span);
  // Clients refuse a symbol without a name.
  return { kind, name: name?.trim() || '(no name)', range, selectionRange: document.rangeOf(selection), ...more };
}
