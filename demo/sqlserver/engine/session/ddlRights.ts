/** Rights that CREATE, ALTER and DROP of tables and their like need, and what SQL Server says to those who lack them. */
import { SqlServerError } from '../../contract';
import type { Catalog, Translation } from '../contract';
import type { Token } from '../lexer';
import type { ObjectPermissions } from './permissions';

const CREATED = new Map([
  ['TABLE', 'TABLE'],
  ['SEQUENCE', 'SEQUENCE'],
  ['SYNONYM', 'SYNONYM'],
  ['TYPE', 'TYPE'],
]);

export async function checkDdlRights(
  translation: Translation,
  tokens: readonly Token[],
  catalog: Catalog,
  permissions: ObjectPermissions,
): Promise<void> {
  const [verb, kind] = [tokens[0]?.upper ?? '', tokens[1]?.upper ?? ''];
  const named = tokens.find((token, index) => index > 1 && !['IF', 'EXISTS'].includes(token.upper));
  if (named?.value.startsWith('#') === true) return;
  if (verb === 'CREATE' && kind === 'SCHEMA') return permissions.requireOnDatabase('CREATE SCHEMA');
  const created = verb === 'CREATE' ? CREATED.get(kind) : undefined;
  if (created !== undefined) {
    const written = tokens[3]?.upper === '.' ? catalog.findSchema(named?.value ?? '') : catalog.defaultSchema;
    return permissions.requireCreate(created, written ?? catalog.defaultSchema);
  }
  for (const { table } of translation.uses) {
    // Table variables, too, whose tables no token names.
    if (table.name.startsWith('#')) continue;
    const denied =
      verb === 'DROP' && kind === 'TABLE'
        ? new SqlServerError(
            3701,
            `Cannot drop the table '${table.name}', because it does not exist or you do not have permission.`,
            11,
            5,
          )
        : new SqlServerError(
            1088,
            `Cannot find the object "${table.schema}.${table.name}" because it does not exist or you do not have permissions.`,
            16,
            13,
          );
    await permissions.require('ALTER', table, denied);
  }
}
