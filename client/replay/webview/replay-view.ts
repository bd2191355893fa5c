import type { ReplayContent } from '../messages.ts';
import type { Position } from '../positions.ts';
import { layOut, type RaceDiagram } from '../race-diagram.ts';
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
  readonly #layout: RaceDiagram;
  readonly #header: HeaderView;
  readonly #diagram: DiagramView;
  /** Read out when it changes. */
  readonly #step = element('div', { 'aria-live': 'polite' });
  readonly #situation = element('div');

  constructor(content: ReplayContent, position: Position, listener: ReplayListener) {
    this.#content = content;
    this.#layout = layOut(content.trace, content.explanation?.relevant);
    const select = (target: Position) => {
      this.select(target);
      listener.selected(target);
    };
    this.#header = new HeaderView(content, position, { select, replayAgain: () => listener.replayAgain() });
    this.#diagram = new DiagramView(content.trace, this.#layout, position, {
      select,
      reveal: (at) => listener.reveal(at),
    });
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

  /** Gives the selected step the focus; to be called when the view is in the document. */
  focus(): void {
    this.#diagram.focus();
  }

  scrollToSelected(): void {
    this.#diagram.scrollToSelected();
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
    const { trace } = this.#content;
    const row = this.#layout.rows[position - 1];
    this.#step.replaceChildren(stepSection(trace, position, row?.notes ?? [], row?.isIrrelevant === true));
    this.#situation.replaceChildren(...situationSections(trace, position));
  }
}
