import * as vscode from 'vscode';
import type { CurrentShop } from '../currentShop';
import { DisposableOwner } from '../dispose';
import { withCancellableProgress } from './cancellableProgress';
import { previewText } from './previewText';

const scheme = 'shopmaster-preview';
/** A reading that takes longer than this can be cancelled in a notification. */
const longReadingMs = 1000;

/** Preview Next Sync: a read-only document with exactly the requests that the next sync would send. */
export class Preview extends DisposableOwner implements vscode.TextDocumentContentProvider {
  private readonly changeEmitter = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changeEmitter.event;
  private readonly uri: vscode.Uri;
  /** A window that is reloaded shows the document again, and asks for its text. */
  private text = JSON.stringify({ summary: vscode.l10n.t('Choose Preview Next Sync to look anew.') });
  private showing: Promise<void> | null = null;

  constructor(private readonly currentShop: CurrentShop) {
    super();
    this.uri = vscode.Uri.from({ scheme, path: `${vscode.l10n.t('Next Sync')}.json` });
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  provideTextDocumentContent(): string {
    return this.text;
  }

  /** Looks anew, and shows what it finds. Rejects with a ShopError. */
  show(): Promise<void> {
    this.showing ??= this.look().finally(() => {
      this.showing = null;
    });
    return this.showing;
  }

  private async look(): Promise<void> {
    const shop = await this.currentShop.shop();
    const preview = await withCancellableProgress({
      title: vscode.l10n.t('Reading what the next sync would send'),
      shownAfterMs: longReadingMs,
      work: (signal) => shop.preview(signal),
    });
    this.text = previewText(preview, vscode.l10n);
    this.changeEmitter.fire(this.uri);
    const document = await vscode.workspace.openTextDocument(this.uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }
}
