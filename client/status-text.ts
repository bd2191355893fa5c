import type { StatusParams } from '../server/protocol.ts';

/** What the status item says about one document. */
interface StatusText {
  /** With icons, as `$(check)`. */
  readonly text: string;
  /** The same in a sentence or two, without icons. */
  readonly tooltip: string;
  /** Nothing is checked any more. */
  readonly broken: boolean;
}

/** How the server is; a status counts only while it runs. */
export type ServerState = 'starting' | 'running' | 'stopped';

/**
 * Describes how far the check of a document is. A status that speaks of another version than the one in the
 * editor says nothing about that one: it is still to be checked.
 */
export function describeStatus(server: ServerState, status: StatusParams | undefined, version: number): StatusText {
  if (server === 'stopped') {
    return {
      text: '$(error) fsrace: stopped',
      tooltip: 'The fsrace language server does not run. Restart it by "fsrace: Restart Language Server".',
      broken: true,
    };
  }
  if (server === 'starting' || status === undefined || status.version !== version || status.checking > 0) {
    return {
      text: '$(sync~spin) fsrace: checking…',
      tooltip: 'The interleavings of this file are being searched; there is no verdict yet.',
      broken: false,
    };
  }
  return describeVerdicts(status);
}

function describeVerdicts(status: StatusParams): StatusText {
  const { safe, unsafe, unknown, error, unmet } = status;
  const total = safe + unsafe + unknown + error;
  const asExpected = unsafe > 0 && unmet === 0 ? ' as expected' : '';
  const parts = [
    ...(unsafe > 0 ? [count(unsafe, total, `unsafe${asExpected}`)] : []),
    ...(unknown > 0 ? [count(unknown, total, 'bounded')] : []),
    ...(error > 0 ? [count(error, total, 'not checked')] : []),
    ...(safe > 0 ? [safe === total && total > 1 ? 'all proved safe' : count(safe, total, 'proved safe')] : []),
  ];
  const scenarios = total === 1 ? '1 scenario' : `${total} scenarios`;
  const summary = total === 0 ? 'no scenario' : `${scenarios}: ${parts.join(', ')}`;
  return { text: `$(${iconOf(status, total)}) ${summary}`, tooltip: explain(status, summary), broken: false };
}

function iconOf({ unknown, error, unmet, problems }: StatusParams, total: number): string {
  if (problems + error + unmet > 0) return 'error';
  if (unknown > 0) return 'warning';
  return total === 0 ? 'circle-slash' : 'pass';
}

/** `1 unsafe`; the number is left out where there is one scenario in all. */
function count(number: number, total: number, word: string): string {
  return total === 1 ? word : `${number} ${word}`;
}

function explain({ unknown, error, problems, states, milliseconds }: StatusParams, summary: string): string {
  const sentences = [
    `fsrace: ${summary}.`,
    ...(unknown > 0 ? ['Bounded: a limit of the search was hit before anything was found, so nothing is proved.'] : []),
    ...(error > 0 ? ['Not checked: the text has errors there, or the checker failed.'] : []),
    ...(problems > 0 ? [problems === 1 ? 'The text has 1 error.' : `The text has ${problems} errors.`] : []),
    ...(states > 0 ? [`${states.toLocaleString('en')} states in ${Math.round(milliseconds)} ms.`] : []),
  ];
  return sentences.join('\n');
}
