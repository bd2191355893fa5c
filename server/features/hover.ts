import { type Hover, MarkupKind } from 'vscode-languageserver';
import type { ScenarioDocument } from '../documents/scenario-document.ts';
import type { ConditionWord, ScenarioNode } from '../language/index.ts';
import {
  explainGuard,
  explainKernel,
  explainOperation,
  explainStep,
  isRelease,
  type KernelSettings,
} from './explanations.ts';
import { memberTexts } from './member-texts.ts';
import { type NodeAt, nodeAt } from './node-at.ts';
import { conditionTexts, fileAttributeTexts, mountOptionTexts } from './option-texts.ts';
import { summariseCheck } from './summary.ts';

/** Explains what stands at an offset: an operation, a step, a guard, a kernel release, a member, a scenario. */
export function hover(document: ScenarioDocument, offset: number): Hover | null {
  const node = nodeAt(document.reading.tree, offset);
  const value = node && explain(document, node);
  if (node === undefined || value === undefined) return null;
  return { contents: { kind: MarkupKind.Markdown, value }, range: document.rangeOf(node.span) };
}

function explain(document: ScenarioDocument, node: NodeAt): string | undefined {
  const settings = kernelSettings(node.scenario);
  switch (node.kind) {
    case 'operation':
      return explainOperation(node.word, settings.kernel);
    case 'step':
      return explainStep(node.operation, node.name, settings.kernel);
    case 'guard':
      return explainGuard(node.name, settings);
    case 'kernel':
      return explainKernel(node.release);
    case 'mount-option':
      return isMountOption(node.name) ? `\`mount ${node.name}\`\n\n${mountOptionTexts[node.name]}` : undefined;
    case 'condition':
      return conditionTexts[node.word as ConditionWord];
    case 'file-attribute':
      return `File attribute \`${node.name}\`\n\n${fileAttributeTexts[node.name]}`;
    case 'member':
      return `\`${memberTexts[node.member.kind].form}\`\n\n${memberTexts[node.member.kind].meaning}`;
    case 'scenario': {
      const checked = document.scenarios.find(({ lowered }) => lowered.node === node.scenario);
      return checked && [checked.lowered.documentation, summariseCheck(checked)].filter(Boolean).join('\n\n');
    }
  }
}

function isMountOption(name: string): name is keyof typeof mountOptionTexts {
  return Object.hasOwn(mountOptionTexts, name);
}

/** What a scenario says of its kernel, also when errors keep it from being checked. */
function kernelSettings({ members }: ScenarioNode): KernelSettings {
  const kernel = members.find((member) => member.kind === 'kernel')?.version?.text;
  const guards = members.flatMap((member): [string, boolean][] =>
    member.kind === 'guard' && member.name !== undefined ? [[member.name.text, member.state?.text === 'on']] : [],
  );
  return { kernel: kernel !== undefined && isRelease(kernel) ? kernel : undefined, guards: Object.fromEntries(guards) };
}
