import type { ReplayContent } from '../messages.ts';
import type { Position } from '../positions.ts';
import { situationSections, stepSection } from './details-view.ts';
import { DiagramView } from './diagram-view.ts';
import { element } from './element.ts';
import { HeaderView } from './header-view.ts';

interface ReplayListener {
  selected(position: Position): void;
  reveal(position: Position): void;
  replayAgain(): void;
}

/** The whole view of one replay. */
export class ReplayView {
  readonly node: HTMLElement;
  readonly #content: ReplayContent;
  readonly #header: HeaderView;
  readonly #diagram: DiagramView;
  /** Read out when it changes. */
  readonly #step = element('div', { 'aria-live': 'polite' });
  readonly #situation = element('div');

  constructor(content: ReplayContent, position: Position, listener: ReplayListener) {
    this.#content = content;
    const select = (target: Position) => {
      this.select(target);
      listener.selected(target);
    };
    this.#header = new HeaderView(content, position, { select, replayAgain: () => listener.replayAgain() });
    this.#diagram = new DiagramView(content.trace, position, { select, reveal: (at) => listener.reveal(at) });
    const about = { class: 'details', tabindex: '0', role: 'region', 'aria-label': 'Selected step' };
    const details = element('div', about, this.#step, this.#situation);
    this.node = element(
      'main',
      {},
      this.#header.node,
      element('div', { class: 'panes' }, element('div', { class: 'diagram-pane' }, this.#diagram.node), details),
    );
    this.#showDetails(position);
  }

  /** To be called when the view is in the document: gives the selected step the focus and scrolls to it. */
  focus(): void {
    this.#diagram.focus();
    this.#diagram.reveal();
  }

  select(position: Position): void {
    this.#header.select(position);
    this.#diagram.select(position);
    this.#showDetails(position);
  }

  setStale(stale: boolean): void {
    this.#header.setStale(stale);
  }

  #showDetails(position: Position): void {
    this.#step.replaceChildren(stepSection(this.#content.trace, position));
    this.#situation.replaceChildren(...situationSections(this.#content.trace, position));
  }
}
