import type { CodeLens } from 'vscode-languageserver';
import { describeAnswer } from '../check/wording.ts';
import type { ScenarioDocument } from '../documents/scenario-document.ts';
import { type ReplayTarget, replayCommand, type TextRange, type TraceParams } from '../protocol.ts';
import { summariseCheck } from './summary.ts';

/** On a scenario and on a question, its replay, if there is one, and what is known about it; on an explicit interleaving its replay. */
export function codeLenses(document: ScenarioDocument): CodeLens[] {
  return document.scenarios.flatMap((checked, scenario) => {
    const { lowered, check } = checked;
    const range = document.rangeOf(lowered.node.keyword);
    const summary: CodeLens = { range, command: { title: summariseCheck(checked), command: '' } };
    if (check === undefined) return [summary];
    const schedules = lowered.sources.schedules.map(({ span }, schedule) =>
      replay(document, document.rangeOf({ start: span.start, end: span.start }), { scenario, schedule }),
    );
    const questions = (check.analysis?.questions ?? []).flatMap((answer, question) => {
      const { start } = lowered.sources.questions[question]!.span;
      const place = document.rangeOf({ start, end: start });
      const words: CodeLens = { range: place, command: { title: describeAnswer(answer), command: '' } };
      return answer.reached ? [replay(document, place, { scenario, question }), words] : [words];
    });
    return [replay(document, range, { scenario }), summary, ...schedules, ...questions];
  });
}

function replay({ uri, version }: ScenarioDocument, range: TextRange, target: ReplayTarget): CodeLens {
  const argument: TraceParams = { uri, version, ...target };
  return { range, command: { title: '▶ Replay', command: replayCommand, arguments: [argument] } };
}
