import {
  type CancellationToken,
  CodeActionKind,
  type Connection,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
} from 'vscode-languageserver';
import type { CheckingService } from '../check/checking-service.ts';
import type { ClientSupport } from '../client-support.ts';
import type { OpenDocuments } from '../documents/open-documents.ts';
import type { ScenarioDocument } from '../documents/scenario-document.ts';
import { type TraceParams, type TraceResult, traceMethod } from '../protocol.ts';
import { codeActions, repairsToCome } from './code-actions.ts';
import { codeLenses } from './code-lenses.ts';
import { completion } from './completion.ts';
import { documentSymbols } from './document-symbols.ts';
import { hover } from './hover.ts';
import { runToTrace, traceResult, traceSubject } from './trace.ts';

/** What the features are made of. */
interface FeatureContext {
  readonly connection: Connection;
  readonly support: ClientSupport;
  readonly documents: OpenDocuments;
  readonly service: CheckingService;
}

/** What the client is told that the server can do. */
export const featureCapabilities = {
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['.', '@', ':', ' '] },
  documentSymbolProvider: { label: 'fsrace' },
  codeLensProvider: {},
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix] },
} as const satisfies ServerCapabilities;

/** Fixes that are not proved after so many milliseconds do not hold up those that need no proof. */
const longestWait = 10_000;

/** Answers the requests of the client. Requests about documents that are not open have empty answers. */
export function registerFeatures({ connection, support, documents, service }: FeatureContext): void {
  connection.onHover(({ textDocument, position }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? null : hover(document, document.offsetAt(position));
  });
  connection.onCompletion(({ textDocument, position, context }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : completion(document, document.offsetAt(position), context?.triggerCharacter);
  });
  connection.onDocumentSymbol(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : documentSymbols(document);
  });
  connection.onCodeLens(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    return document === undefined ? [] : codeLenses(document);
  });
  connection.onCodeAction(async ({ textDocument, range, context }, token) => {
    const document = documents.get(textDocument.uri);
    const { only = [CodeActionKind.QuickFix] } = context;
    // A kind that is asked for means all kinds below it.
    if (document === undefined || !only.some((kind) => kind === '' || kind === CodeActionKind.QuickFix)) return [];
    const { versionedEdits } = support;
    const where = { span: document.spanOf(range), shown: context.diagnostics, versionedEdits };
    await unlessCancelled(token, atMost(longestWait, repairsToCome(document, where)));
    mustBeCurrent(document);
    return codeActions(document, where);
  });
  connection.onRequest(traceMethod, async (params: TraceParams, token: CancellationToken): Promise<TraceResult> => {
    const document = documents.get(params.uri);
    if (document === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, 'the document is not open');
    const subject = traceSubject(document, params);
    const { scenario, check } = subject;
    const { schedule, question } = subject.target;
    if (question !== undefined) await unlessCancelled(token, check.completed);
    else if (schedule === undefined) await unlessCancelled(token, check.judged);
    const run = runToTrace(subject.target, check.analysis);
    const replay = await unlessCancelled(token, service.replay(scenario, run));
    mustBeCurrent(document);
    return traceResult(subject, replay);
  });

  /** While something was awaited, the text may have changed: then the client asks again. */
  function mustBeCurrent(document: ScenarioDocument): void {
    if (documents.get(document.uri) === document) return;
    throw new ResponseError(LSPErrorCodes.ContentModified, 'the document has changed');
  }
}

/** Waits for a result until the client no longer wants it. */
async function unlessCancelled<Result>(token: CancellationToken, result: Promise<Result>): Promise<Result> {
  const cancelled = new Promise<never>((_, reject) => {
    const refuse = () => reject(new ResponseError(LSPErrorCodes.RequestCancelled, 'the request was cancelled'));
    if (token.isCancellationRequested) refuse();
    else token.onCancellationRequested(refuse);
  });
  return Promise.race([result, cancelled]);
}

/** Resolves with the promise, or when so many milliseconds have passed. */
async function atMost(milliseconds: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}
