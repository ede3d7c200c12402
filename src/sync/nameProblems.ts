/** Why a name can't be used, in a sentence, before anybody connects; empty where it can. */
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
