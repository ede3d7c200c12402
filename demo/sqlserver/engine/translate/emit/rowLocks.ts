/**
 * Which rows a table reference locks. PostgreSQL's readers never wait: where SQL Server's would, or where a hint asks for it,
 * rows are read FOR SHARE or FOR UPDATE.
 */
import { SqlServerError } from '../../../contract';
import type { CatalogTable } from '../../contract';
import { isTemporary, relationName } from '../names';
import type { Environment } from './environment';
import { isSystemView } from './tables';

export interface RowLock {
  readonly strength: 'SHARE' | 'UPDATE';
  readonly whenLocked: 'wait' | 'SKIP LOCKED' | 'NOWAIT';
}

/** The clause that locks rows of these aliases. */
export function lockClause(aliases: readonly string[], lock: RowLock): string {
  const suffix = lock.whenLocked === 'wait' ? '' : ` ${lock.whenLocked}`;
  return `FOR ${lock.strength} OF ${aliases.join(', ')}${suffix}`;
}

function contradictory(): SqlServerError {
  return new SqlServerError(1047, 'Conflicting locking hints specified.', 15);
}

/** The lock of a table that is read. Asks for a lock of the whole table where a hint does. */
export function readLock(table: CatalogTable, hints: readonly string[], environment: Environment): RowLock | undefined {
  const has = (hint: string): boolean => hints.includes(hint);
  const dirty = has('NOLOCK') || has('READUNCOMMITTED');
  const exclusive = has('UPDLOCK') || has('XLOCK');
  const held = has('HOLDLOCK') || has('SERIALIZABLE') || has('REPEATABLEREAD');
  if (dirty && (exclusive || held || has('READPAST') || has('TABLOCK') || has('TABLOCKX'))) throw contradictory();
  if (table.kind === 'view' || isSystemView(table) || isTemporary(table.name)) return undefined;
  if (has('TABLOCKX')) environment.run.lockTable(relationName(table), 'ACCESS EXCLUSIVE');
  else if (has('TABLOCK')) environment.run.lockTable(relationName(table), exclusive ? 'ACCESS EXCLUSIVE' : 'SHARE');
  if (dirty || has('SNAPSHOT')) return undefined;
  const whenLocked = has('READPAST') ? 'SKIP LOCKED' : has('NOWAIT') ? 'NOWAIT' : 'wait';
  if (exclusive) return { strength: 'UPDATE', whenLocked };
  // READCOMMITTEDLOCK waits under READ_COMMITTED_SNAPSHOT, too.
  const wanted = environment.context.readsWait || held || has('READCOMMITTEDLOCK') || whenLocked !== 'wait';
  return wanted ? { strength: 'SHARE', whenLocked } : undefined;
}

/** How the rows that an UPDATE or DELETE changes are locked, where a hint says something of it. */
export function writeLock(
  table: CatalogTable,
  hints: readonly string[],
  environment: Environment,
): RowLock | undefined {
  if (hints.includes('NOLOCK') || hints.includes('READUNCOMMITTED')) {
    throw new SqlServerError(
      1065,
      'The NOLOCK and READUNCOMMITTED lock hints are not allowed for target tables of INSERT, UPDATE, DELETE or MERGE statements.',
      15,
    );
  }
  if (table.kind === 'view' || isTemporary(table.name)) return undefined;
  if (hints.includes('TABLOCKX')) environment.run.lockTable(relationName(table), 'ACCESS EXCLUSIVE');
  if (hints.includes('READPAST')) return { strength: 'UPDATE', whenLocked: 'SKIP LOCKED' };
  return hints.includes('NOWAIT') ? { strength: 'UPDATE', whenLocked: 'NOWAIT' } : undefined;
}
