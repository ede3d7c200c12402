/** CREATE TABLE. */
import { SqlServerError } from '../../../../contract';
import type { CatalogTable } from '../../../contract';
import type { Path, TableElements } from '../../ddlStatements';
import { isTemporary, relationName } from '../../names';
import type { Environment } from '../environment';
import { nameKey } from '../scope';
import { asCatalogColumn, columnText, declareColumns, prepareColumns, type TableInMaking } from './columns';
import { addDefault, columnNames, emitConstraint, refersTo } from './constraints';
import { createIndex } from './indexes';
import { checkFree, targetSchema } from './naming';

export function emitCreateTable(path: Path, elements: TableElements, environment: Environment): readonly string[] {
  const { schema, name } = targetSchema(path, environment);
  checkFree(path, environment);
  checkNames(elements, name, environment);
  const prepared = prepareColumns(elements.columns, [], name, environment);
  const columns = prepared.map(({ definition, type }) => asCatalogColumn(definition, type));
  const plain: TableInMaking = { schema, name, relation: relationName({ schema, name }), columns };
  const referencesItself = elements.constraints.some((constraint) => refersTo(constraint, plain, environment));
  const table: TableInMaking = { ...plain, referencesItself };
  const keys = new Set(
    elements.constraints.flatMap((constraint) =>
      constraint.kind === 'primary key' ? columnNames(constraint.columns, table, environment) : [],
    ),
  );
  const constraints = elements.constraints.map((constraint) => emitConstraint(constraint, table, environment));
  const parts = [
    ...prepared.map((column) => columnText(column, keys.has(column.definition.name))),
    ...constraints.flatMap(({ element }) => (element === undefined ? [] : [element])),
  ];
  const temporary = isTemporary(name) ? 'TEMPORARY ' : '';
  const made: CatalogTable = { schema, name, objectId: 0, kind: 'table', columns, triggers: [] };
  return [
    ...constraints.flatMap(({ before = [] }) => before),
    `CREATE ${temporary}TABLE ${table.relation} (${parts.join(', ')})`,
    declareColumns(
      table,
      prepared.map(({ definition, type }) => ({ name: definition.name, type, computed: definition.computed?.text })),
    ),
    ...elements.columns.flatMap((column) =>
      column.default === undefined ? [] : addDefault(column.default, column.name, table, environment),
    ),
    ...constraints.flatMap(({ after }) => after),
    ...elements.indexes.flatMap((index) => createIndex(made, index, environment)),
  ];
}

/** Throws 2705 for a column name that comes twice, 173 where there is no column. */
function checkNames(elements: TableElements, table: string, environment: Environment): void {
  const seen = new Set<string>();
  for (const { name } of elements.columns) {
    const key = nameKey(environment.catalog, name);
    if (seen.has(key)) {
      throw new SqlServerError(
        2705,
        `Column names in each table must be unique. Column name '${name}' in table '${table}' is specified more than once.`,
        16,
        3,
      );
    }
    seen.add(key);
  }
  const identities = elements.columns.filter((column) => column.identity !== undefined);
  if (identities.length > 1) {
    throw new SqlServerError(
      2744,
      `Multiple identity columns specified for table '${table}'. Only one identity column per table is allowed.`,
      16,
      2,
    );
  }
}
