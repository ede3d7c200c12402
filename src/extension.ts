import * as vscode from 'vscode';
import { registerCommands, type CommandHandlers } from './commands';
import { contextKeySetter } from './contextKeys';
import { CurrentShop } from './currentShop';
import { DatabaseWork } from './databaseWork';
import { logTo } from './output';
import { Runs } from './runs';
import { ShopSecrets } from './settings/shopSecrets';
import { shopWishes } from './settings/wantedShop';
import { ShopRemoval } from './shopRemoval';
import { stateStores } from './stateStores';
import { systemClock } from './sync/systemClock';
import { withCancellableProgress } from './views/cancellableProgress';
import { DatabaseCommands } from './views/databaseCommands';
import { HistoryView } from './views/history/historyView';
import { LongSyncs } from './views/longSyncs';
import { DesktopImport } from './views/importDesktopSettings';
import { Notifications } from './views/notifications';
import { ChangeCommands } from './views/pendingChanges/changeCommands';
import { PendingChangesView } from './views/pendingChanges/pendingChangesView';
import { Preview } from './views/preview';
import { SettingsPanel } from './views/settingsPanel/settingsPanel';
import { SlowLook } from './views/slowLook';
import { StatusBar } from './views/statusBar';
import { VerifyCommands } from './views/verify/verifyCommands';

/** The parts, for the extension's own tests. Nobody else gets them: they lead to the passwords. */
export type ShopMasterExtension = ReturnType<typeof build>;

let shutDown: (() => Promise<void>) | undefined;

/** Nothing heavy is loaded here and nothing connects, unless syncs are to run by themselves. */
export function activate(context: vscode.ExtensionContext): ShopMasterExtension | undefined {
  const channel = vscode.window.createOutputChannel('shopMaster', { log: true });
  context.subscriptions.push(channel);
  try {
    const parts = build(context, channel);
    shutDown = async () => {
      await parts.currentShop.shutDown();
      await parts.history.recorded();
    };
    return context.extensionMode === vscode.ExtensionMode.Test ? parts : undefined;
  } catch (failure) {
    // VS Code disposes only of what was activated; the log stays to be read.
    for (const part of context.subscriptions.splice(1).reverse()) part.dispose();
    channel.error(failure instanceof Error ? failure : String(failure));
    const message = vscode.l10n.t('shopMaster could not start: {0}', String(failure));
    void vscode.window.showErrorMessage(message, vscode.l10n.t('Show Log')).then((choice) => {
      if (choice !== undefined) channel.show();
    });
    throw failure;
  }
}

/** VS Code waits for it a few seconds: a sync under way ends between two requests. */
export async function deactivate(): Promise<void> {
  await shutDown?.();
}

function build(context: vscode.ExtensionContext, channel: vscode.LogOutputChannel) {
  const log = logTo(channel);
  const { extensionUri, globalStorageUri } = context;
  const setContextKey = contextKeySetter();
  const owned = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const secrets = new ShopSecrets(context.secrets);
  const currentShop = owned(
    new CurrentShop({
      wishes: shopWishes(secrets),
      storesFor: stateStores(globalStorageUri, log),
      openShop: async (options) => (await import('./sync/shop')).openShop(options),
      setContextKey,
      clock: systemClock,
      log,
    }),
  );
  const notifications = owned(new Notifications(currentShop, log));
  const runs = owned(new Runs(currentShop, notifications));
  const databaseWork = new DatabaseWork(currentShop, secrets, log, () => setContextKey('shopmaster.connected', true));
  const removal = new ShopRemoval(currentShop, secrets, log);
  const databaseCommands = new DatabaseCommands({ currentShop, databaseWork, removal, notifications, log });
  const desktopImport = new DesktopImport(secrets, (saving) => databaseWork.saveOnly(saving));
  const statusBar = owned(new StatusBar(currentShop));
  const pendingChanges = owned(new PendingChangesView(currentShop, setContextKey, log));
  const changeCommands = new ChangeCommands(currentShop, pendingChanges, runs);
  const history = owned(new HistoryView(globalStorageUri, currentShop, log));
  const preview = owned(new Preview(currentShop));
  const verifyCommands = owned(new VerifyCommands(currentShop, notifications));
  const longSyncs = owned(
    new LongSyncs({
      clock: systemClock,
      isAskedFor: () => runs.isSyncing,
      title: vscode.l10n.t('Syncing products, as scheduled'),
      show: withCancellableProgress,
      cancelSync: () => currentShop.cancelRun(),
    }),
  );
  const slowLook = owned(
    new SlowLook({
      clock: systemClock,
      log,
      look: async () => (await currentShop.shop()).master.refresh(),
    }),
  );
  const settingsPanel = owned(new SettingsPanel({ extensionUri, currentShop, secrets, databaseWork, runs, log }));

  const handlers: CommandHandlers = {
    'shopmaster.configure': () => settingsPanel.show(),
    'shopmaster.testConnection': () => databaseCommands.testConnection(),
    'shopmaster.uploadProducts': () => runs.upload(),
    'shopmaster.verifyCatalogue': () => verifyCommands.verify(),
    'shopmaster.queueDifferences': () => verifyCommands.queueDifferences(),
    'shopmaster.syncNow': () => runs.syncNow(),
    'shopmaster.startSync': () => currentShop.start(),
    'shopmaster.stopSync': () => currentShop.stop(),
    'shopmaster.refresh': () => pendingChanges.refresh(),
    'shopmaster.showMore': (node) => changeCommands.showMore(node),
    'shopmaster.retry': (node, nodes) => changeCommands.retry(node, nodes),
    'shopmaster.discardChange': (node, nodes) => changeCommands.discard(node, nodes),
    'shopmaster.dismissDeleted': (node, nodes) => changeCommands.dismissDeleted(node, nodes),
    'shopmaster.copyProductId': (node, nodes) => changeCommands.copyProductId(node, nodes),
    'shopmaster.repairCapture': () => databaseCommands.repair(),
    'shopmaster.removeFromDatabase': () => databaseCommands.remove(),
    'shopmaster.importDesktopSettings': async () => {
      if (await desktopImport.run()) settingsPanel.show();
    },
    'shopmaster.showLog': () => channel.show(),
    'shopmaster.previewNextSync': () => preview.show(),
  };
  context.subscriptions.push(
    currentShop.onDidChange((condition) => {
      longSyncs.follow(condition);
      slowLook.follow(condition, currentShop.settings);
    }),
    currentShop.onDidFinishRun(({ trigger, error, report }) => {
      if (trigger === 'upload' && error === null && !report.cancelled) setContextKey('shopmaster.uploaded', true);
    }),
    registerCommands(handlers, (failure, failed) => notifications.showFailure(failure, failed)),
  );
  return { currentShop, secrets, notifications, runs, databaseWork, statusBar, pendingChanges, history, settingsPanel };
}
