import { type Hover, MarkupKind } from 'vscode-languageserver';
import type { ScenarioDocument } from '../documents/scenario-document.ts';
import { explainGuard, explainKernel, explainOperation, explainStep } from './explanations.ts';
import { memberTexts } from './member-texts.ts';
import { type NodeAt, nodeAt } from './node-at.ts';
import { summariseCheck } from './summary.ts';

/** Explains what stands at an offset: an operation, a step, a guard, a kernel release, a member, a scenario. */
export function hover(document: ScenarioDocument, offset: number): Hover | null {
  const node = nodeAt(document.reading.tree, offset);
  const value = node && explain(document, node);
  if (node === undefined || value === undefined) return null;
  return { contents: { kind: MarkupKind.Markdown, value }, range: document.rangeOf(node.span) };
}

function explain(document: ScenarioDocument, node: NodeAt): string | undefined {
  const found = document.scenarios.find(({ lowered }) => lowered.node === node.scenario);
  const kernel = found?.lowered.scenario?.kernel;
  switch (node.kind) {
    case 'operation':
      return explainOperation(node.word, kernel);
    case 'step':
      return explainStep(node.operation, node.name, kernel);
    case 'guard':
      return explainGuard(node.name, found?.lowered.scenario);
    case 'kernel':
      return explainKernel(node.release);
    case 'member':
      return `\`${memberTexts[node.member.kind].form}\`\n\n${memberTexts[node.member.kind].meaning}`;
    case 'scenario': {
      const summary = found && summariseCheck(found);
      return [found?.lowered.documentation, summary].filter(Boolean).join('\n\n') || undefined;
    }
  }
}
