import type { Log } from './sync/ports';
import type { ShopError } from './sync/errors';
import type { Secrets, Settings } from './sync/settings';

export type TestOutcome =
  { readonly ok: true; readonly detail: string } | { readonly ok: false; readonly error: ShopError };

/** Each side on its own, as it comes in. */
export interface ConnectionTestResult {
  readonly sqlServer: TestOutcome;
  readonly digible: TestOutcome;
}

/** Test Connection, with any settings and secrets, stored or not. Never rejects but for the signal's reason. */
export function testConnections(
  _settings: Settings,
  _secrets: Secrets,
  _log: Log,
  _signal: AbortSignal,
): Promise<ConnectionTestResult> {
  return Promise.reject(new Error('not there yet'));
}
