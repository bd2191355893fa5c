import type { Trace } from '../../../engine/index.ts';
import { type ComparedState, compareStates, type FactGroup } from '../compared-state.ts';
import type { ComparedTable, ComparedText } from '../compared-table.ts';
import { type CrashReport, crashAt } from '../crash-report.ts';
import { type Position, stateAt } from '../positions.ts';
import type { StepNote } from '../step-notes.ts';
import { element } from './element.ts';
import { verdictLine } from './verdict-line.ts';

const marks = { same: '', added: '+', removed: '−', changed: '~' } as const;
const spoken = { same: '', added: 'added', removed: 'removed', changed: 'changed' } as const;

/** The situation at one position: what a power failure leaves, and the state with what the step changed. */
export function situationSections(trace: Trace, position: Position): HTMLElement[] {
  const state = stateAt(trace, position);
  const before = position === 0 ? state : stateAt(trace, position - 1);
  return [crashSection(crashAt(trace, position)), stateSection(compareStates(before, state))];
}

/** The step that leads to a position, and what it changed. */
export function stepSection(
  trace: Trace,
  position: Position,
  notes: readonly StepNote[],
  isIrrelevant: boolean,
): HTMLElement {
  const step = position === 0 ? undefined : trace.steps[position - 1];
  if (step === undefined) {
    return element(
      'section',
      {},
      element('h2', {}, 'Before the first step'),
      element('p', {}, 'As after a fresh mount.'),
    );
  }
  const changes = step.changes.map((change) => element('li', {}, change));
  return element(
    'section',
    { class: 'step' },
    element('h2', { class: 'step-name' }, step.step),
    element(
      'p',
      { class: 'operation' },
      step.actor.kind === 'task' ? `${step.task}: ${step.operation}` : step.operation,
    ),
    ...(changes.length > 0 ? [element('ul', { class: 'changes' }, ...changes)] : []),
    ...notes.map(({ kind, text }) => verdictLine('p', kind, text)),
    ...(changes.length + notes.length > 0 ? [] : [element('p', { class: 'quiet' }, 'Changes nothing that is shown.')]),
    ...(isIrrelevant ? [element('p', { class: 'quiet' }, 'Does not matter to the loss.')] : []),
  );
}

function crashSection({ losses, files }: CrashReport): HTMLElement {
  const sentences =
    losses.length > 0
      ? losses.map((loss) => verdictLine('p', 'loss', loss))
      : [verdictLine('p', 'kept', 'Everything promised so far is found.')];
  return element(
    'section',
    {},
    element('h2', {}, 'If power fails here'),
    ...sentences,
    ...files.map(({ name, size, rows }) =>
      table(
        element('caption', {}, element('span', { class: 'title' }, `file ${name}`), `, i_size ${size}`),
        ['range', 'found', 'promised', ''],
        rows.map(({ range, found, promised, verdict }) =>
          element(
            'tr',
            { class: verdict === 'kept' ? '' : 'broken' },
            rowMark(verdict === 'kept' ? '' : '✗', ''),
            ...[range, found, promised, verdict].map((text) => element('td', {}, text)),
          ),
        ),
      ),
    ),
  );
}

function stateSection({ facts, files }: ComparedState): HTMLElement {
  return element(
    'section',
    { class: 'state' },
    element('h2', {}, 'State'),
    ...facts.map(factList),
    ...files.flatMap(({ facts: ofFile, tables }) => [factList(ofFile), ...tables.map(comparedTable)]),
  );
}

function factList({ title, facts }: FactGroup): HTMLElement {
  const terms = facts.map(({ name, value }) =>
    element('div', { class: 'fact' }, element('dt', {}, name), element('dd', {}, ...compared(value))),
  );
  return element('div', { class: 'facts' }, element('h3', { class: 'title' }, title), element('dl', {}, ...terms));
}

function comparedTable({ title, columns, rows }: ComparedTable): HTMLElement {
  if (rows.length === 0) {
    return element('p', { class: 'none' }, element('span', { class: 'title' }, title), ' none');
  }
  return table(
    element('caption', {}, element('span', { class: 'title' }, title)),
    columns,
    rows.map(({ change, cells }) =>
      element(
        'tr',
        { class: change },
        rowMark(marks[change], spoken[change]),
        ...cells.map((cell) => element('td', {}, ...compared(cell))),
      ),
    ),
  );
}

function table(caption: HTMLElement, columns: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const heads = columns.map((name) => element('th', { scope: 'col' }, name));
  return element(
    'div',
    { class: 'table' },
    element(
      'table',
      {},
      caption,
      element('thead', {}, element('tr', {}, element('td', { class: 'mark' }), ...heads)),
      element('tbody', {}, ...rows),
    ),
  );
}

function rowMark(mark: string, word: string): HTMLElement {
  return element(
    'td',
    { class: 'mark' },
    element('span', { 'aria-hidden': 'true' }, mark),
    element('span', { class: 'spoken' }, word),
  );
}

/** A changed value as `old → new`. */
function compared({ text, before }: ComparedText): (HTMLElement | string)[] {
  if (before === undefined) return [text];
  return [element('del', {}, before), element('span', { 'aria-label': 'becomes' }, ' → '), element('ins', {}, text)];
}
