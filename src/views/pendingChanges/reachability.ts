import type { ErrorCode, ShopError } from '../../sync/errors';

const unreachable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'sql-server-not-found',
  'sql-server-unreachable',
  'sql-browser-silent',
  'sql-connection-lost',
]);

/** SQL Server does not answer; whatever else is wrong, it has said so itself. */
export function isUnreachable({ code }: ShopError): boolean {
  return unreachable.has(code);
}
