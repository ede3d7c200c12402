/** The panel's page: a static file with places for what differs each time. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { wordsOf } from './words';

export function resourceRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

export async function panelPage(webview: vscode.Webview, extensionUri: vscode.Uri): Promise<string> {
  const root = resourceRoot(extensionUri);
  const file = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(root, 'settingsPanel.html'));
  const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  const places: Readonly<Record<string, string>> = {
    language: vscode.env.language,
    source: webview.cspSource,
    nonce: randomBytes(16).toString('base64'),
    style: address('settingsPanel.css'),
    script: address('settingsPanel.js'),
    noAnswer: escaped(wordsOf(vscode.l10n).noAnswer),
  };
  return new TextDecoder().decode(file).replace(/%(\w+)%/g, (whole, place: string) => places[place] ?? whole);
}

function escaped(sentence: string): string {
  return sentence.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
