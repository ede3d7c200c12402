/** What the item in the status bar says and does, for each way things can stand. */
import type { Condition } from '../condition';
import type { EngineState } from '../sync/engineState';
import type { L10n } from '../l10n';
import { cureOf, type CureCommand } from './remedies';
import { lastSyncLine, progressLine, statusLine } from './statusLine';
import { shortTime } from './times';
import { captureDamage } from './troubleWatch';

export interface StatusBarLook {
  /** A theme icon's name, perhaps with `~spin`. */
  readonly icon: string;
  readonly text: string;
  /** Colours the background; what is neither wrong nor in danger has none. */
  readonly severity: 'none' | 'warning' | 'error';
  /** What a click does. */
  readonly command: CureCommand;
  /** For a screen reader: everything, without the tooltip. */
  readonly label: string;
}

type Look = Omit<StatusBarLook, 'label'>;

const focus = 'shopmaster.pendingChanges.focus';
const configure = 'shopmaster.configure';

/** `now`: epoch milliseconds. */
export function statusBarLook(condition: Condition, now: number, l10n: L10n): StatusBarLook {
  const look = condition.kind === 'ready' ? engineLook(condition.engine, now, l10n) : unreadyLook(condition.kind, l10n);
  return { ...look, label: labelOf(condition, l10n) };
}

function unreadyLook(kind: Exclude<Condition['kind'], 'ready'>, l10n: L10n): Look {
  switch (kind) {
    case 'loading':
      return { icon: 'loading~spin', text: 'shopMaster', severity: 'none', command: focus };
    case 'not configured':
      return { icon: 'gear', text: l10n.t('shopMaster: not configured'), severity: 'none', command: configure };
    case 'settings invalid':
      return { icon: 'error', text: l10n.t('shopMaster: setting invalid'), severity: 'error', command: configure };
    case 'sign in again':
      return { icon: 'key', text: l10n.t('shopMaster: sign in again'), severity: 'warning', command: configure };
  }
}

function engineLook(engine: EngineState, now: number, l10n: L10n): Look {
  const { phase, error } = engine;
  const pending = engine.counts?.pending ?? 0;
  const cure = error === null ? null : cureOf(error, 'shopmaster.syncNow', l10n);
  // A certificate is trusted after a question, which comes with the failure of the sync.
  const remedy = cure?.kind === 'command' ? cure.command : 'shopmaster.syncNow';
  switch (phase) {
    case 'syncing':
    case 'uploading':
    case 'verifying':
      return { icon: 'sync~spin', text: progressLine(engine, l10n), severity: 'none', command: focus };
    case 'another writer':
      return { icon: 'eye', text: l10n.t('shopMaster: watching only'), severity: 'none', command: focus };
    case 'session expired':
      return { icon: 'key', text: l10n.t('shopMaster: session expired'), severity: 'warning', command: configure };
    case 'offline': {
      const text = pending === 0 ? l10n.t('shopMaster: offline') : l10n.t('shopMaster: offline, {0} pending', pending);
      return { icon: 'debug-disconnect', text, severity: 'warning', command: remedy };
    }
    case 'error':
      return { icon: 'error', text: l10n.t('shopMaster: error'), severity: 'error', command: remedy };
    case 'stopped':
    case 'idle':
      return restingLook(engine, now, l10n);
  }
}

function restingLook(engine: EngineState, now: number, l10n: L10n): Look {
  const { lastSync, captureProblems } = engine;
  const pending = engine.counts?.pending ?? 0;
  if (captureDamage(captureProblems).length > 0) {
    const text = l10n.t('shopMaster: changes are not logged');
    return { icon: 'tools', text, severity: 'error', command: 'shopmaster.repairCapture' };
  }
  if (engine.phase === 'stopped') {
    const text = pending === 0 ? l10n.t('shopMaster: stopped') : l10n.t('shopMaster: stopped, {0} pending', pending);
    return { icon: 'debug-pause', text, severity: 'none', command: 'shopmaster.startSync' };
  }
  return engine.counts === null
    ? { icon: 'sync', text: 'shopMaster', severity: 'none', command: 'shopmaster.syncNow' }
    : idleLook(engine.counts, lastSync === null ? null : shortTime(lastSync, now), l10n);
}

function idleLook({ pending, rejected }: NonNullable<EngineState['counts']>, time: string | null, l10n: L10n): Look {
  if (rejected > 0) {
    const text =
      time === null
        ? l10n.t('shopMaster: {0} pending, {1} rejected', pending, rejected)
        : l10n.t('shopMaster: {0}, {1} pending, {2} rejected', time, pending, rejected);
    return { icon: 'warning', text, severity: 'none', command: focus };
  }
  const text =
    time === null ? l10n.t('shopMaster: {0} pending', pending) : l10n.t('shopMaster: {0}, {1} pending', time, pending);
  return { icon: 'sync', text, severity: 'none', command: 'shopmaster.syncNow' };
}

function labelOf(condition: Condition, l10n: L10n): string {
  const status = l10n.t('shopMaster: {0}', statusLine(condition, l10n));
  if (condition.kind !== 'ready') return status;
  const { counts, lastSync, captureProblems } = condition.engine;
  const lastLine = lastSyncLine(lastSync, l10n);
  return [
    status,
    ...(lastLine === null ? [] : [lastLine]),
    ...(counts === null ? [] : [l10n.t('{0} pending, {1} rejected', counts.pending, counts.rejected)]),
    ...captureProblems.map(({ message }) => message),
  ].join('; ');
}
