/** Why a name or an address can't be used, in a sentence, before anybody connects; empty where it can. */
import { readAddress } from './digible/address';
import { parseServerName } from './sqlserver/serverName';
import { parseTableName } from './sqlserver/tableName';

export function serverNameProblem(written: string): string {
  const parsed = parseServerName(written);
  return parsed.ok ? '' : parsed.reason;
}

export function tableNameProblem(written: string): string {
  const parsed = parseTableName(written);
  return parsed.ok ? '' : parsed.reason;
}

export function addressProblem(written: string): string {
  const address = readAddress(written);
  return address.ok ? '' : address.reason;
}
