/** The settings panel from the host's side: what it and its page say to each other, and a way to ask in the page's place. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { MethodName, PanelError, PanelState, Params, Result } from '../../../src/views/settingsPanel/protocol';
import { until } from './support';

interface Answer {
  readonly id: number;
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error?: PanelError;
}

/** Ids that the page itself does not come to. */
const firstId = 1_000_000;

export class OpenedPanel {
  /** Everything that the host has told the page. */
  readonly toPage: unknown[] = [];
  /** Everything that the page has asked by itself. */
  readonly fromPage: { readonly method: string }[] = [];
  state: PanelState | null = null;
  panel: vscode.WebviewPanel | null = null;
  private inPlaceOfPage = false;
  private lastId = firstId;
  private receive: (message: unknown) => void = () => assert.fail('The panel listens to nobody.');

  /** As if the page had asked, which is heard no more from then on: its form is another one. Rejects with the host's words. */
  async ask<Name extends MethodName>(method: Name, params: Params<Name>): Promise<Result<Name>> {
    this.inPlaceOfPage = true;
    this.lastId += 1;
    const id = this.lastId;
    this.send({ kind: 'request', id, method, params });
    const answer = await until(
      () => (this.toPage as Answer[]).find((message) => message.id === id),
      `${method} is answered`,
    );
    if (!answer.ok) throw Object.assign(new Error(answer.error?.message), answer.error);
    return answer.result as Result<Name>;
  }

  send(message: unknown): void {
    this.receive(message);
  }

  /** The state's part, as soon as there is one. */
  shows<T>(part: (state: PanelState) => T, what: string): Promise<Exclude<T, false | undefined | null>> {
    return until(() => (this.state === null ? null : part(this.state)), what);
  }

  /** Listens in on VS Code's panel. */
  watch(panel: vscode.WebviewPanel): vscode.WebviewPanel {
    this.panel = panel;
    const webview = panel.webview as { -readonly [Key in keyof vscode.Webview]: vscode.Webview[Key] };
    const post = webview.postMessage.bind(webview);
    const onMessage = webview.onDidReceiveMessage.bind(webview);
    webview.postMessage = (message: unknown) => {
      this.toPage.push(message);
      const { state } = message as { readonly state?: PanelState };
      if (state !== undefined) this.state = state;
      return post(message);
    };
    webview.onDidReceiveMessage = (listener) => {
      this.receive = listener;
      return onMessage((message: { readonly method: string }) => {
        this.fromPage.push(message);
        if (!this.inPlaceOfPage) listener(message);
      });
    };
    return panel;
  }
}

/** Chooses Configure, and listens in from the beginning. Resolves when the page has asked for its first state. */
export async function openPanel(): Promise<OpenedPanel> {
  const opened = new OpenedPanel();
  const window = vscode.window as { createWebviewPanel: typeof vscode.window.createWebviewPanel };
  const own = window.createWebviewPanel;
  window.createWebviewPanel = (...options) => opened.watch(own.apply(vscode.window, options));
  try {
    await vscode.commands.executeCommand('shopmaster.configure');
  } finally {
    window.createWebviewPanel = own;
  }
  await until(() => opened.fromPage.some(({ method }) => method === 'edit'), 'the page is drawn');
  return opened;
}
