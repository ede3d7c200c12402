/** What the one button next to a failure does. */
import type { CommandId } from '../commands';
import type { ErrorCode, ShopError } from '../sync/errors';
import type { L10n } from '../l10n';

export type CureCommand =
  | CommandId
  /** Shows Pending Changes and brings the keyboard there. */
  | 'shopmaster.pendingChanges.focus'
  | 'shopmaster.history.focus';

export type Cure =
  | { readonly kind: 'command'; readonly command: CureCommand; readonly title: string }
  /** `failed`: what is tried again once it is trusted. */
  | { readonly kind: 'trust certificate'; readonly title: string; readonly failed: CommandId };

/** Failures that name no remedy themselves where they come from. */
const byCode: Partial<Record<ErrorCode, ShopError['remedy']>> = {
  'not-configured': 'configure',
  'settings-invalid': 'configure',
  'session-expired': 'sign in',
  'capture-damaged': 'repair',
};

/** Null where no button helps. `failed`: the command to try again, where one was chosen. */
export function cureOf(error: ShopError, failed: CommandId, l10n: L10n): Cure | null {
  switch (error.remedy ?? byCode[error.code]) {
    case 'configure':
    case 'sign in':
      return { kind: 'command', command: 'shopmaster.configure', title: l10n.t('Configure') };
    case 'repair':
      return { kind: 'command', command: 'shopmaster.repairCapture', title: l10n.t('Repair Capture') };
    case 'trust certificate':
      return { kind: 'trust certificate', title: l10n.t('Trust Certificate'), failed: again(failed, l10n).command };
    case 'retry':
      return { kind: 'command', ...again(failed, l10n) };
    case undefined:
      return error.code === 'internal'
        ? { kind: 'command', command: 'shopmaster.showLog', title: l10n.t('Show Log') }
        : null;
  }
}

/** What was chosen on a row can't be chosen again without it; a sync is what all of it is for. */
function again(failed: CommandId, l10n: L10n): { readonly command: CommandId; readonly title: string } {
  switch (failed) {
    case 'shopmaster.uploadProducts':
      return { command: failed, title: l10n.t('Upload Products') };
    case 'shopmaster.verifyCatalogue':
      return { command: failed, title: l10n.t('Verify Catalogue') };
    case 'shopmaster.queueDifferences':
      return { command: failed, title: l10n.t('Queue Differences') };
    case 'shopmaster.testConnection':
      return { command: failed, title: l10n.t('Test Connection') };
    case 'shopmaster.previewNextSync':
      return { command: failed, title: l10n.t('Preview Next Sync') };
    case 'shopmaster.repairCapture':
      return { command: failed, title: l10n.t('Repair Capture') };
    case 'shopmaster.removeFromDatabase':
      return { command: failed, title: l10n.t('Remove from Database') };
    default:
      return { command: 'shopmaster.syncNow', title: l10n.t('Sync Now') };
  }
}
