import { analyseScenario } from '../../server/check/analysis.ts';
import { ScenarioDocument } from '../../server/documents/scenario-document.ts';
import { readScenarios } from '../../server/read-scenarios.ts';

export const documentUri = 'file:///scenarios/test.fsrace';

/** A document whose scenarios are all checked, without workers. */
export function checkedDocument(text: string): ScenarioDocument {
  return new ScenarioDocument(documentUri, 1, text, readScenarios(text), ({ scenario }) => {
    if (scenario === undefined) return undefined;
    const analysis = analyseScenario(scenario, { now: () => 0 });
    const done = Promise.resolve();
    return { state: 'done', analysis, failure: '', judged: done, completed: done };
  });
}

/** Takes the cursor, written `$0`, out of a text. */
export function atCursor(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('$0');
  if (offset < 0) throw new Error('the text has no $0');
  return { text: marked.replace('$0', ''), offset };
}
