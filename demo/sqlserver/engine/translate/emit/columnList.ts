/** Which columns an INSERT gives values for, and whether it may. */
import { SqlServerError } from '../../../contract';
import type { CatalogColumn, CatalogTable } from '../../contract';
import type { Environment } from './environment';
import { invalidColumn, nameKey, sameName } from './scope';
import { sequenceUnderRowCount } from './sequence';

/** Throws 207, 264, 271, 544, 545 and 8101. */
export function insertColumns(
  table: CatalogTable,
  names: readonly string[] | undefined,
  environment: Environment,
): readonly CatalogColumn[] {
  const explicitIdentity = environment.context.identityInsert === table.objectId;
  if (names === undefined) {
    if (explicitIdentity && table.columns.some((column) => column.identity)) {
      throw new SqlServerError(
        8101,
        `An explicit value for the identity column in table '${table.name}' can only be specified when a column list is used and IDENTITY_INSERT is ON.`,
      );
    }
    return table.columns.filter((column) => !column.identity && !column.computed && column.type.name !== 'rowversion');
  }
  const columns = names.map((name) => writableColumn(table, name, environment));
  checkRepeated(columns, environment);
  const identity = columns.find((column) => column.identity);
  if (identity !== undefined && !explicitIdentity) {
    throw new SqlServerError(
      544,
      `Cannot insert explicit value for identity column in table '${table.name}' when IDENTITY_INSERT is set to OFF.`,
    );
  }
  if (identity === undefined && explicitIdentity) {
    throw new SqlServerError(
      545,
      `Explicit value must be specified for identity column in table '${table.name}' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.`,
    );
  }
  return columns;
}

/** A column that may be given a value. Throws 207, 271 and 273. */
export function writableColumn(table: CatalogTable, name: string, environment: Environment): CatalogColumn {
  const column = table.columns.find((candidate) => sameName(environment.catalog, candidate.name, name));
  if (column === undefined) throw invalidColumn(name);
  if (column.computed) {
    throw new SqlServerError(
      271,
      `The column "${column.name}" cannot be modified because it is either a computed column or is the result of a UNION operator.`,
    );
  }
  if (column.type.name === 'rowversion') {
    throw new SqlServerError(
      273,
      'Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.',
    );
  }
  return column;
}

export function checkRepeated(columns: readonly CatalogColumn[], environment: Environment): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    const key = nameKey(environment.catalog, name);
    if (seen.has(key)) {
      throw new SqlServerError(
        264,
        `The column name '${name}' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.`,
      );
    }
    seen.add(key);
  }
}

/** Throws 11740 where a default would take numbers from a sequence while rows are limited. */
export function checkSequenceDefaults(table: CatalogTable, given: readonly CatalogColumn[], limited: boolean): void {
  const taken = table.columns.some((column) => column.defaultIsSequence === true && !given.includes(column));
  if (limited && taken) {
    throw sequenceUnderRowCount(11740, 'NEXT VALUE FOR function cannot be used in a default constraint');
  }
}
