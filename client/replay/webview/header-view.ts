import { headlines } from '../crash-report.ts';
import type { ReplayContent } from '../messages.ts';
import { lastPosition, type Position } from '../positions.ts';
import { element } from './element.ts';
import { explanationView } from './explanation-view.ts';
import { verdictLine } from './verdict-line.ts';

interface HeaderListener {
  select(position: Position): void;
  replayAgain(): void;
}

/** What is replayed, how it ends, and the buttons that step through it. */
export class HeaderView {
  readonly node: HTMLElement;
  readonly #last: Position;
  readonly #counter = element('span', { class: 'counter' });
  readonly #buttons: readonly { button: HTMLButtonElement; target: (from: Position) => Position }[];
  readonly #stale: HTMLElement;
  #selected: Position;

  constructor(content: ReplayContent, selected: Position, listener: HeaderListener) {
    const { trace, title } = content;
    const losses = headlines(content);
    this.#last = lastPosition(trace);
    this.#selected = selected;
    const last = this.#last;
    this.#buttons = [
      { button: stepButton('First step (Home)', 'M4 3v10 M13 3l-7 5 7 5z'), target: () => 0 },
      { button: stepButton('Previous step (Up)', 'M11 3l-7 5 7 5z'), target: (from) => from - 1 },
      { button: stepButton('Next step (Down)', 'M5 3l7 5-7 5z'), target: (from) => from + 1 },
      { button: stepButton('Last step (End)', 'M12 3v10 M3 3l7 5-7 5z'), target: () => last },
    ];
    for (const { button, target } of this.#buttons) {
      button.addEventListener('click', () => {
        if (button.getAttribute('aria-disabled') !== 'true') listener.select(target(this.#selected));
      });
    }
    const again = element('button', { type: 'button', class: 'text-button' }, 'Replay Again');
    again.addEventListener('click', () => listener.replayAgain());
    this.#stale = element('p', { class: 'stale' }, 'The text has changed since. ', again);
    this.node = element(
      'header',
      {},
      element(
        'div',
        { class: 'heading' },
        element(
          'div',
          {},
          element('h1', {}, title || 'Scenario without a name'),
          element('span', { class: 'quiet' }, `kernel ${trace.kernel}`),
        ),
        element(
          'div',
          { class: 'stepping' },
          this.#counter,
          element('div', { role: 'toolbar', 'aria-label': 'Steps' }, ...this.#buttons.map(({ button }) => button)),
        ),
      ),
      ...(losses.length > 0
        ? losses.map((loss) => verdictLine('p', 'loss', loss))
        : [verdictLine('p', 'kept', 'Keeps what was promised, wherever power fails in this interleaving.')]),
      ...(content.explanation === undefined
        ? []
        : [explanationView(content.explanation, (position) => listener.select(position))]),
      element('div', { role: 'status' }, this.#stale),
    );
    this.setStale(false);
    this.select(selected);
  }

  select(position: Position): void {
    this.#selected = position;
    this.#counter.textContent = position === 0 ? `start, ${this.#last} steps` : `step ${position} of ${this.#last}`;
    for (const { button, target } of this.#buttons) {
      const there = target(position);
      const idle = there === position || there < 0 || there > this.#last;
      // Not `disabled`: that would take the keyboard's focus away at the last step.
      button.setAttribute('aria-disabled', String(idle));
    }
  }

  setStale(stale: boolean): void {
    this.#stale.hidden = !stale;
  }
}

function stepButton(title: string, path: string): HTMLButtonElement {
  const svgNamespace = 'http://www.w3.org/2000/svg';
  const picture = document.createElementNS(svgNamespace, 'svg');
  picture.setAttribute('viewBox', '0 0 16 16');
  picture.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(svgNamespace, 'path');
  shape.setAttribute('d', path);
  picture.append(shape);
  return element('button', { type: 'button', title, 'aria-label': title }, picture);
}
