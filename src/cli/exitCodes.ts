import type { ErrorCode } from '../sync/errors';

export const exitCodes = { done: 0, failed: 1, wrongUsage: 2, sessionExpired: 3, rejected: 4, differences: 5 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const wrongSettings: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'settings-invalid',
  'table-name-invalid',
  'server-name-invalid',
  'digible-address-invalid',
]);

export function exitCodeOf(code: ErrorCode): ExitCode {
  if (wrongSettings.has(code)) return exitCodes.wrongUsage;
  return code === 'session-expired' || code === 'digible-login-failed' ? exitCodes.sessionExpired : exitCodes.failed;
}
