/** What runs in the settings panel. */
import { fromOrigin, HostLink, RequestFailure } from './hostLink';
import { element } from './page';
import { SettingsPage } from './settingsPage';
import { registerElements } from './toolkit';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

registerElements();
const vscode = acquireVsCodeApi();
let page: SettingsPage | null = null;

const link = new HostLink(
  {
    post: (message) => vscode.postMessage(message),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  },
  () => element('unanswered').textContent,
  (state) => page?.update(state),
);
window.addEventListener(
  'message',
  fromOrigin(window.origin, (message) => link.receive(message)),
);

link.call('open', null).then(
  (opening) => {
    const kept = vscode.getState();
    page = new SettingsPage(opening, link, { read: () => kept, write: (state) => vscode.setState(state) });
    element('page').hidden = false;
    if (kept === undefined) void page.begin();
    else restoreScroll(kept);
  },
  (caught: unknown) => {
    const unanswered = element('unanswered');
    if (caught instanceof RequestFailure) unanswered.textContent = `${caught.error.message} ${caught.error.hint}`;
    unanswered.hidden = false;
  },
);

function restoreScroll(kept: unknown): void {
  if (typeof kept !== 'object' || kept === null || !('scroll' in kept) || typeof kept.scroll !== 'number') return;
  document.documentElement.scrollTop = kept.scroll;
}
