import * as vscode from 'vscode';
import type { CurrentShop } from '../../currentShop';
import type { DatabaseWork } from '../../databaseWork';
import { DisposableOwner, type Disposable } from '../../dispose';
import type { Runs } from '../../runs';
import type { ShopSecrets } from '../../settings/shopSecrets';
import { onDidChangeSettings } from '../../settings/shopSettings';
import { toError } from '../../sync/errors';
import type { Log } from '../../sync/ports';
import { extensionPorts } from './extensionPorts';
import { panelPage, resourceRoot } from './panelPage';
import { PanelRequests } from './panelRequests';
import { PanelSession } from './panelSession';
import type { FromHost } from './protocol';
import { wordsOf } from './words';

const viewType = 'shopmaster.settings';

export interface SettingsPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly currentShop: CurrentShop;
  readonly secrets: ShopSecrets;
  readonly databaseWork: DatabaseWork;
  readonly runs: Runs;
  readonly log: Log;
}

/** The one settings panel: made at its first showing, shown again after that, and still there after the window was reloaded. */
export class SettingsPanel extends DisposableOwner {
  /** What the panel shows and answers; null before its first showing. */
  private work: { readonly session: PanelSession; readonly requests: PanelRequests } | null = null;
  private panel: vscode.WebviewPanel | null = null;

  constructor(private readonly parts: SettingsPanelParts) {
    super();
    const { currentShop, secrets } = parts;
    const refresh = (): void => {
      const session = this.work?.session;
      if (this.panel !== null) void session?.refresh().catch((caught: unknown) => session.errorOf(caught));
    };
    this.register(currentShop.onDidChange((condition) => this.work?.session.shopChanged(condition)));
    this.register(currentShop.onDidFinishRun((result) => this.work?.session.runFinished(result)));
    this.register(onDidChangeSettings(refresh));
    this.register(secrets.onDidChange(refresh));
    this.register(
      vscode.window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: (panel) => {
          this.panel?.dispose();
          return this.adopt(panel);
        },
      }),
    );
    this.register({
      dispose: () => {
        this.panel?.dispose();
      },
    });
  }

  /** Whether there is a panel, shown or hidden. */
  get isOpen(): boolean {
    return this.panel !== null;
  }

  show(): void {
    if (this.panel !== null) {
      this.panel.reveal();
      return;
    }
    const title = wordsOf(vscode.l10n).title;
    const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active);
    void this.adopt(panel).catch((caught: unknown) => {
      const { message } = toError(caught);
      this.parts.log.error('the settings panel could not be shown', { error: message });
      void vscode.window.showErrorMessage(vscode.l10n.t('The settings panel could not be shown: {0}', message));
      panel.dispose();
    });
  }

  private begin(): { readonly session: PanelSession; readonly requests: PanelRequests } {
    const { currentShop, log } = this.parts;
    const ports = extensionPorts(this.parts, {
      isVisible: () => this.panel?.visible === true,
      show: () => this.show(),
    });
    const session = new PanelSession(ports, vscode.l10n, log, (state) => this.send({ kind: 'state', state }));
    session.shopChanged(currentShop.condition);
    return { session, requests: new PanelRequests(session, ports, wordsOf(vscode.l10n), log) };
  }

  private async adopt(panel: vscode.WebviewPanel): Promise<void> {
    this.panel = panel;
    const { extensionUri } = this.parts;
    this.work ??= this.begin();
    const { session, requests } = this.work;
    const listeners: Disposable[] = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        void requests.answer(message).then((answer) => {
          if (answer !== null) this.send(answer);
        });
      }),
      panel.onDidDispose(() => {
        for (const listener of listeners) listener.dispose();
        if (this.panel !== panel) return;
        this.panel = null;
        session.close();
      }),
    ];
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    panel.webview.options = { enableScripts: true, localResourceRoots: [resourceRoot(extensionUri)] };
    const page = await panelPage(panel.webview, extensionUri);
    // It may be closed by then.
    if (this.panel === panel) panel.webview.html = page;
  }

  /** To a panel that is hidden nothing gets through; it asks for everything when it is shown again. */
  private send(message: FromHost): void {
    void this.panel?.webview.postMessage(message);
  }
}
