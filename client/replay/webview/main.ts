import type { MessageFromView, MessageToView, ReplayRequest, ReplayViewState } from '../messages.ts';
import { element } from './element.ts';
import { ReplayView } from './replay-view.ts';
import './replay.css';
import './diagram-view.css';
import './details-view.css';

const vscode = acquireVsCodeApi();
let shown: { view: ReplayView; request: ReplayRequest } | undefined;

const send = (message: MessageFromView) => vscode.postMessage(message);
const remember = (state: ReplayViewState) => vscode.setState(state);

window.addEventListener('message', ({ data }: MessageEvent<MessageToView>) => receive(data));
window.addEventListener('resize', () => shown?.view.scrollToSelected());
send({ type: 'ready' });

function receive(message: MessageToView): void {
  switch (message.type) {
    case 'show':
      show(message);
      break;
    case 'select':
      shown?.view.select(message.position);
      if (shown) remember({ request: shown.request, position: message.position });
      break;
    case 'stale':
      shown?.view.setStale(message.stale);
      break;
    case 'failed':
      shown = undefined;
      document.body.replaceChildren(element('main', { class: 'failed' }, element('p', {}, message.message)));
      break;
  }
}

function show({ content, position, request }: Extract<MessageToView, { type: 'show' }>): void {
  const view = new ReplayView(content, position, {
    selected: (target) => {
      remember({ request, position: target });
      send({ type: 'selected', position: target });
    },
    reveal: (target) => send({ type: 'reveal', position: target }),
    replayAgain: () => send({ type: 'replay-again' }),
  });
  shown = { view, request };
  document.body.replaceChildren(view.node);
  view.focus();
  view.scrollToSelected();
  remember({ request, position });
}
