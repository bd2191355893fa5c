import { element } from './element.ts';

const signs = { loss: '✗', kept: '✓', promise: '◆' } as const;

/** A line that says how something ends, with a sign before it so that no colour is needed to tell. */
export function verdictLine(tag: 'p' | 'span', kind: keyof typeof signs, text: string): HTMLElement {
  return element(
    tag,
    { class: kind },
    element('span', { class: 'sign', 'aria-hidden': 'true' }, `${signs[kind]} `),
    text,
  );
}
