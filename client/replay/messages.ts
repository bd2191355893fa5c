import type { ReplayTarget, TraceResult } from '../../server/protocol.ts';
import type { Position } from './positions.ts';

/** What the replay view shows. */
export type ReplayContent = Pick<TraceResult, 'trace' | 'title' | 'findings' | 'explanation'>;

/** What the view keeps for when VS Code makes it again: how to get the trace, for the trace may be long. */
export interface ReplayViewState {
  readonly request: ReplayRequest;
  readonly position: Position;
}

export type ReplayRequest = ReplayTarget & { readonly uri: string };

/** From the extension to the replay view. */
export type MessageToView =
  | {
      readonly type: 'show';
      readonly content: ReplayContent;
      readonly position: Position;
      readonly request: ReplayRequest;
    }
  | { readonly type: 'select'; readonly position: Position }
  /** Whether the text has changed since the trace was made. */
  | { readonly type: 'stale'; readonly stale: boolean }
  | { readonly type: 'failed'; readonly message: string };

/** From the replay view to the extension. */
export type MessageFromView =
  /** The view listens to messages from now on. */
  | { readonly type: 'ready' }
  | { readonly type: 'selected'; readonly position: Position }
  /** Somebody wants to go on in the text, at the operation of the step that leads to the position. */
  | { readonly type: 'reveal'; readonly position: Position }
  | { readonly type: 'replay-again' };
