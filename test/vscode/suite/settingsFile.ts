/** A settings file that can't be written. */
import * as vscode from 'vscode';

/** While the work goes on, writing this setting, `sqlServer.table` for instance, fails for the extension as on a full disk. */
export async function whileUnwritable<T>(unwritable: string, work: () => Promise<T>): Promise<T> {
  const own = vscode.workspace.getConfiguration;
  vscode.workspace.getConfiguration = (...args) => {
    const configuration = own(...args);
    const update: vscode.WorkspaceConfiguration['update'] = (name, ...rest) =>
      name === unwritable ? Promise.reject(new Error('The disk is full.')) : configuration.update(name, ...rest);
    return Object.create(configuration, { update: { value: update } }) as vscode.WorkspaceConfiguration;
  };
  try {
    return await work();
  } finally {
    vscode.workspace.getConfiguration = own;
  }
}
