import * as vscode from 'vscode';

/** Every command of package.json, once. */
export const commandIds = [
  'shopmaster.configure',
  'shopmaster.testConnection',
  'shopmaster.uploadProducts',
  'shopmaster.verifyCatalogue',
  'shopmaster.queueDifferences',
  'shopmaster.syncNow',
  'shopmaster.startSync',
  'shopmaster.stopSync',
  'shopmaster.refresh',
  'shopmaster.showMore',
  'shopmaster.retry',
  'shopmaster.discardChange',
  'shopmaster.dismissDeleted',
  'shopmaster.copyProductId',
  'shopmaster.repairCapture',
  'shopmaster.removeFromDatabase',
  'shopmaster.importDesktopSettings',
  'shopmaster.showLog',
  'shopmaster.previewNextSync',
] as const;

export type CommandId = (typeof commandIds)[number];

/** `node` is the tree item that a command was chosen on, `nodes` the whole selection; both are missing in the palette. */
export type CommandHandler = (node?: unknown, nodes?: unknown) => unknown;

/** A handler for each command: a forgotten one does not compile. */
export type CommandHandlers = Readonly<Record<CommandId, CommandHandler>>;

/** Registers the commands. What a handler fails with is shown once, by `showFailure`, which learns which command it was. */
export function registerCommands(
  handlers: CommandHandlers,
  showFailure: (failure: unknown, failed: CommandId) => Promise<void>,
): vscode.Disposable {
  const registrations = commandIds.map((id) =>
    vscode.commands.registerCommand(id, async (node?: unknown, nodes?: unknown) => {
      try {
        return await handlers[id](node, nodes);
      } catch (failure) {
        await showFailure(failure, id);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}
