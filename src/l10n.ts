/** What views say their sentences with: `vscode.l10n` in VS Code. Whole sentences, with places `{0}`, `{1}`, … */
export interface L10n {
  t(message: string, ...values: (string | number)[]): string;
}
