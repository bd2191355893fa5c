import { guards, operationKinds, stepNames } from '../../../engine/index.ts';
import { explainGuard, explainOperation, explainStep } from '../../features/explanations.ts';
import { isOperationWord, operationWords } from '../../language/index.ts';
import { unknownName } from '../choose.ts';
import { Misuse } from '../exit-codes.ts';
import { diagnosticSections } from './diagnostic-sections.ts';

/**
 * Explains everything of a name in Markdown: an operation, a step of operations, a guard (or the entry of the bug
 * catalogue that it closes), a diagnostic. Throws
 * a Misuse for an unknown name.
 */
export function explain(name: string): string[] {
  const sections = diagnosticSections();
  const section = sections.get(name);
  const diagnostic = section && `**${name}** (diagnostic)\n\n${section}`;
  const ofEntry = guards.filter(({ entry }) => entry.toLowerCase() === name.toLowerCase());
  const guardTexts = [explainGuard(name), ...ofEntry.map((guard) => explainGuard(guard.name))];
  const texts = [explainOperation(name), ...explainSteps(name), ...guardTexts, diagnostic].filter(
    (text) => text !== undefined,
  );
  if (texts.length > 0) return texts;
  if (isOperationWord(name)) throw new Misuse(`\`${name}\` is not modelled yet`);
  const steps = operationKinds.flatMap(stepNames);
  const known = [...operationWords, ...steps, ...guards.map((guard) => guard.name), ...sections.keys()];
  throw unknownName('guard, step, diagnostic or operation', name, [...new Set(known)]);
}

/** The step in each operation that has it; operations that share it word by word are told once. */
function explainSteps(name: string): string[] {
  const told = new Set<string>();
  return operationKinds.flatMap((kind) => {
    const text = stepNames(kind).includes(name) ? explainStep(kind, name) : undefined;
    const body = text?.slice(text.indexOf('\n'));
    if (text === undefined || body === undefined || told.has(body)) return [];
    told.add(body);
    return [text];
  });
}
