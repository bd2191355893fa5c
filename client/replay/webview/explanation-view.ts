import type { Explanation } from '../../../engine/index.ts';
import type { Position } from '../positions.ts';
import { element } from './element.ts';

/** Why the loss comes about, in sentences; a step that they name can be selected. */
export function explanationView({ sentences }: Explanation, select: (position: Position) => void): HTMLElement {
  const parts = sentences.flatMap((sentence, i) => [
    ...(i === 0 ? [] : [' ']),
    ...sentence.map(({ text, step }) => (step === undefined ? text : stepButton(text, step + 1, select))),
  ]);
  return element('p', { class: 'explanation' }, ...parts);
}

function stepButton(text: string, position: Position, select: (position: Position) => void): HTMLElement {
  const name = `${text}, step ${position}`;
  const button = element('button', { type: 'button', class: 'text-button', title: `Step ${position}` }, text);
  button.setAttribute('aria-label', name);
  button.addEventListener('click', () => select(position));
  return button;
}
