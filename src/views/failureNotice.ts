/** How a failure is told: the words, how loud, and its one button. */
import type { CommandId } from '../commands';
import { ShopError } from '../sync/errors';
import type { L10n } from '../l10n';
import { cureOf, type Cure } from './remedies';
import { asSentence } from './statusLine';

export interface Notice {
  readonly severity: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly cure: Cure | null;
}

/** Causes beyond this many are not written to the log. */
const mostCauses = 10;

/** Null for what the user has cancelled. `failed`: the command to try again, where one was chosen. */
export function failureNotice(failure: Error, failed: CommandId, l10n: L10n): Notice | null {
  if (!(failure instanceof ShopError))
    return {
      severity: 'error',
      text: l10n.t('Something unexpected went wrong: {0}', failure.message),
      cure: { kind: 'command', command: 'shopmaster.showLog', title: l10n.t('Show Log') },
    };
  if (failure.code === 'cancelled') return null;
  const severity = failure.code === 'another-writer' ? 'information' : 'error';
  return { severity, text: `${asSentence(failure.message)} ${failure.hint}`, cure: cureOf(failure, failed, l10n) };
}

/** The messages from the failure to what first went wrong. */
export function causeChain(failure: Error): readonly string[] {
  const messages: string[] = [];
  for (let error: unknown = failure; error instanceof Error && messages.length < mostCauses; error = error.cause) {
    const { code } = error as NodeJS.ErrnoException;
    messages.push(error.message === '' ? (code ?? error.name) : error.message);
  }
  return messages;
}
