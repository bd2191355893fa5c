import type { Trace } from '../../../engine/index.ts';
import { lastPosition, moveByKey, type Position } from '../positions.ts';
import type { DiagramRow, RaceDiagram } from '../race-diagram.ts';
import { element } from './element.ts';
import { verdictLine } from './verdict-line.ts';

interface DiagramListener {
  /** Somebody chose a position. */
  select(position: Position): void;
  /** Somebody wants to see the operation of the step in the text. */
  reveal(position: Position): void;
}

/** Of the columns left of the tasks, in characters. */
const numberWidth = 6;
const crashWidth = 8;

/** The race diagram: a grid with one row per position, of which one is selected and takes the keyboard's focus. */
export class DiagramView {
  readonly node: HTMLElement;
  readonly #trace: Trace;
  /** By position. */
  readonly #rows: readonly HTMLElement[];
  #selected: Position;

  constructor(trace: Trace, diagram: RaceDiagram, selected: Position, listener: DiagramListener) {
    this.#trace = trace;
    this.#selected = selected;
    this.#rows = [startRow(), ...diagram.rows.map((row) => stepRow(diagram, row))];
    this.node = element(
      'div',
      {
        class: 'diagram',
        role: 'grid',
        'aria-label': `Interleaving of ${trace.scenario}`,
        'aria-rowcount': String(this.#rows.length + 1),
      },
      headRow(diagram),
      ...this.#rows,
    );
    const widths = diagram.columns.map(({ width }) => width);
    const tracks = widths.map((width) => `minmax(${width}ch, 1fr)`);
    this.node.style.gridTemplateColumns = `${numberWidth}ch ${crashWidth}ch ${tracks.join(' ')}`;
    this.node.style.minWidth = `${widths.reduce((sum, width) => sum + width, numberWidth + crashWidth)}ch`;
    for (const [position, row] of this.#rows.entries()) {
      row.setAttribute('aria-rowindex', String(position + 2));
      row.addEventListener('click', () => listener.select(position));
      row.addEventListener('dblclick', () => listener.reveal(position));
    }
    this.node.addEventListener('keydown', (event) => this.#onKey(event, listener));
    this.#mark(selected, true);
  }

  /** Moves the selection, and the focus with it when a row has it. */
  select(position: Position): void {
    const hadFocus = this.node.contains(document.activeElement);
    this.#mark(this.#selected, false);
    this.#selected = position;
    this.#mark(position, true);
    if (hadFocus) this.focus();
    this.scrollToSelected();
  }

  focus(): void {
    this.#rows[this.#selected]?.focus({ preventScroll: true });
  }

  scrollToSelected(): void {
    this.#rows[this.#selected]?.scrollIntoView({ block: 'nearest' });
  }

  #mark(position: Position, selected: boolean): void {
    const row = this.#rows[position];
    row?.setAttribute('aria-selected', String(selected));
    row?.setAttribute('tabindex', selected ? '0' : '-1');
  }

  #onKey(event: KeyboardEvent, listener: DiagramListener): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Enter') {
      listener.reveal(this.#selected);
    } else {
      const target = moveByKey(this.#trace, this.#selected, event.key, this.#rowsPerPage());
      if (target === undefined) return;
      listener.select(target);
    }
    event.preventDefault();
  }

  #rowsPerPage(): number {
    const pane = this.node.parentElement?.clientHeight ?? 0;
    const average = this.node.scrollHeight / (lastPosition(this.#trace) + 2);
    return Math.max(1, Math.floor(pane / average) - 2);
  }
}

function headRow({ columns }: RaceDiagram): HTMLElement {
  const head = (name: string, kind: string) => element('span', { role: 'columnheader', class: kind }, name);
  return element(
    'div',
    { role: 'row', class: 'heads', 'aria-rowindex': '1' },
    head('step', 'number'),
    head('crash', 'crash'),
    ...columns.map(({ name }) => head(name, 'task')),
  );
}

function startRow(): HTMLElement {
  return element(
    'div',
    { role: 'row', class: 'start' },
    element('span', { role: 'gridcell', class: 'number' }, '0'),
    element('span', { role: 'gridcell', class: 'initial' }, 'as after a fresh mount'),
  );
}

function stepRow({ columns }: RaceDiagram, row: DiagramRow): HTMLElement {
  const cells = columns.map((_, column) => {
    const lifeline = row.lifelines[column] ?? 'none';
    const cell = element('span', { role: 'gridcell', class: `task lifeline-${lifeline}` });
    if (column === row.column) {
      cell.classList.add('acting');
      cell.append(...stepLines(row));
    }
    return cell;
  });
  return element(
    'div',
    { role: 'row', class: rowClasses(row).join(' ') },
    element('span', { role: 'gridcell', class: 'number' }, String(row.position)),
    element('span', { role: 'gridcell', class: 'crash' }, ...(row.loses ? [verdictLine('span', 'loss', 'lost')] : [])),
    ...cells,
  );
}

function rowClasses({ operation, isIrrelevant }: DiagramRow): string[] {
  return [...(operation === undefined ? [] : ['with-operation']), ...(isIrrelevant ? ['irrelevant'] : [])];
}

function stepLines({ operation, step, notes }: DiagramRow): HTMLElement[] {
  return [
    ...(operation === undefined ? [] : [element('span', { class: 'operation' }, operation)]),
    element('span', { class: 'step-name' }, step),
    ...notes.map(({ kind, text }) => verdictLine('span', kind, text)),
  ];
}
