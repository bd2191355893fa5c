import type { CodeLens } from 'vscode-languageserver';
import type { ScenarioDocument } from '../documents/scenario-document.ts';
import { type ReplayTarget, replayCommand, type TextRange, type TraceParams } from '../protocol.ts';
import { summariseCheck } from './summary.ts';

/** On a scenario, its replay and what is known about it; on an explicit interleaving, and on a question that is reached, its replay. */
export function codeLenses(document: ScenarioDocument): CodeLens[] {
  return document.scenarios.flatMap((checked, scenario) => {
    const { lowered, check } = checked;
    const range = document.rangeOf(lowered.node.keyword);
    const summary: CodeLens = { range, command: { title: summariseCheck(checked), command: '' } };
    if (check === undefined) return [summary];
    const schedules = lowered.sources.schedules.map(({ span }, schedule) =>
      replay(document, document.rangeOf({ start: span.start, end: span.start }), { scenario, schedule }),
    );
    const questions = (check.analysis?.questions ?? []).flatMap(({ reached }, question) => {
      const { start } = lowered.sources.questions[question]!.span;
      return reached ? [replay(document, document.rangeOf({ start, end: start }), { scenario, question })] : [];
    });
    return [replay(document, range, { scenario }), summary, ...schedules, ...questions];
  });
}

function replay({ uri, version }: ScenarioDocument, range: TextRange, target: ReplayTarget): CodeLens {
  const argument: TraceParams = { uri, version, ...target };
  return { range, command: { title: '▶ Replay', command: replayCommand, arguments: [argument] } };
}
