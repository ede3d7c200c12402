import type { Condition } from '../../condition';
import type { ShopError } from '../../sync/errors';
import type { L10n } from '../../l10n';
import { asSentence, lastSyncLine, scheduleLine, statusLine } from '../statusLine';
import { shortTime } from '../times';
import { isUnreachable } from './reachability';

export interface ViewState {
  readonly condition: Condition;
  /** Why the last look failed. */
  readonly failure: ShopError | null;
  readonly hasLooked: boolean;
  /** The tree shows no row. */
  readonly isEmpty: boolean;
}

/**
 * The lines above the tree. None where the welcome content says it all: VS Code shows that only in an empty tree without a message.
 */
export function viewMessage(view: ViewState, l10n: L10n): string | undefined {
  const { condition, failure, isEmpty } = view;
  if (condition.kind !== 'ready') return undefined;
  const trouble = troubles(view, l10n);
  if (isEmpty && trouble.length === 0) return undefined;
  if (isEmpty && failure !== null && isUnreachable(failure)) return undefined;
  const lastSync = lastSyncLine(condition.engine.lastSync, l10n);
  const lines = trouble.length > 0 ? trouble : [statusOf(view, l10n)];
  return [...lines, ...(lastSync === null ? [] : [lastSync])].join(' · ');
}

/** What stands beside the view's title, where there is little room: the last sync, unless the message has it. `now`: epoch milliseconds. */
export function viewDescription(view: ViewState, now: number, l10n: L10n): string | undefined {
  const { condition } = view;
  if (condition.kind !== 'ready' || condition.engine.lastSync === null) return undefined;
  if (viewMessage(view, l10n) !== undefined) return undefined;
  return l10n.t('Last Sync: {0}', shortTime(condition.engine.lastSync, now));
}

function troubles({ condition, failure, hasLooked }: ViewState, l10n: L10n): readonly string[] {
  if (condition.kind !== 'ready') return [];
  const { engine } = condition;
  if (failure !== null) return [`${asSentence(failure.message)} ${failure.hint}`];
  // A look that went through since then knows better.
  const isOver = engine.error !== null && hasLooked && isUnreachable(engine.error);
  const isBad = ['offline', 'session expired', 'another writer', 'error'].includes(engine.phase) && !isOver;
  const hint = engine.phase === 'session expired' ? undefined : engine.error?.hint;
  const status = statusLine(condition, l10n);
  return [
    ...(isBad ? [hint === undefined ? status : `${asSentence(status)} ${hint}`] : []),
    ...captureLines(engine.captureProblems, l10n),
  ];
}

function statusOf({ condition, hasLooked }: ViewState, l10n: L10n): string {
  const isOffline = condition.kind === 'ready' && condition.engine.phase === 'offline';
  return isOffline && hasLooked
    ? scheduleLine(condition.engine.scheduled, condition.intervalSeconds, l10n)
    : statusLine(condition, l10n);
}

/** The first two; who wants to know more finds the rest in the tooltip of Repair Capture. */
function captureLines(problems: readonly { readonly message: string }[], l10n: L10n): readonly string[] {
  const [first, second, ...rest] = problems.map(({ message }) => message);
  const shown = [first, second].filter((message) => message !== undefined);
  return rest.length === 0 ? shown : [...shown, l10n.t('And {0} more.', rest.length)];
}
