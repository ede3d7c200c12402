import * as vscode from 'vscode';
import type { Progress } from '../sync/model';
import { cancelled, toError } from '../sync/errors';

export interface CancellableWork<T> {
  readonly title: string;
  /** Milliseconds that the work may take before it is shown: what is quick needs no notification. */
  readonly shownAfterMs: number;
  /** Aborted by Cancel; whoever gives it may abort it as well. */
  readonly cancel?: AbortController;
  /** Ends early when `signal` is aborted; `report` takes products. */
  readonly work: (signal: AbortSignal, report: (progress: Progress) => void) => Promise<T>;
}

/** Runs the work, with its progress and Cancel in a notification once it takes longer. Settles as the work does. */
export async function withCancellableProgress<T>({
  title,
  shownAfterMs,
  cancel = new AbortController(),
  work,
}: CancellableWork<T>): Promise<T> {
  let latest: Progress | null = null;
  let show: ((progress: Progress) => void) | null = null;
  const working = work(cancel.signal, (progress) => {
    latest = progress;
    show?.(progress);
  });
  const pop = (): void => {
    const location = vscode.ProgressLocation.Notification;
    void vscode.window.withProgress({ location, title, cancellable: true }, async (notification, token) => {
      const cancelling = token.onCancellationRequested(() => cancel.abort(cancelled()));
      show = shownIn(notification);
      if (latest !== null) show(latest);
      await working.catch(toError);
      cancelling.dispose();
    });
  };
  if (shownAfterMs === 0) pop();
  const timer = shownAfterMs === 0 ? undefined : setTimeout(pop, shownAfterMs);
  try {
    return await working;
  } finally {
    clearTimeout(timer);
  }
}

function shownIn(
  notification: vscode.Progress<{ readonly message?: string; readonly increment?: number }>,
): (progress: Progress) => void {
  let shownPercent = 0;
  return ({ done, total }) => {
    const percent = total === 0 ? 0 : Math.floor((done / total) * 100);
    const increment = Math.max(0, percent - shownPercent);
    shownPercent += increment;
    notification.report({ message: vscode.l10n.t('{0} of {1} products', done, total), increment });
  };
}
