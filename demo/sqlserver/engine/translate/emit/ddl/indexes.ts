/** CREATE INDEX. */
import type { CatalogTable } from '../../../contract';
import type { IndexDefinition } from '../../ddlStatements';
import { isTemporary, quoteName, quoteText, relationName } from '../../names';
import type { Environment } from '../environment';
import { emitPredicate } from '../predicate';
import { columnEnvironment, definitionText, type TableInMaking } from './columns';
import { columnNames } from './constraints';
import { indexName } from './naming';

export function createIndex(target: CatalogTable, index: IndexDefinition, environment: Environment): readonly string[] {
  const schema = isTemporary(target.name) ? 'pg_temp' : target.schema;
  const table: TableInMaking = { schema, name: target.name, relation: relationName(target), columns: target.columns };
  const name = indexName(target.name, index.name);
  const keys = columnNames(
    index.columns.map((column) => column.name),
    table,
    environment,
  ).map((column, at) => {
    const descending = index.columns[at]?.descending === true;
    const nullable = target.columns.find((candidate) => candidate.name === column)?.nullable === true;
    // As ORDER BY sorts, so that it serves.
    const nulls = nullable ? (descending ? ' NULLS LAST' : ' NULLS FIRST') : '';
    return `${quoteName(column)}${descending ? ' DESC' : ''}${nulls}`;
  });
  const include = columnNames(index.include, table, environment).map(quoteName);
  const filter =
    index.filter === undefined
      ? undefined
      : emitPredicate(index.filter.expression, columnEnvironment(table, environment));
  const parts = [
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoteName(name)} ON ${table.relation} (${keys.join(', ')})`,
    ...(include.length === 0 ? [] : [`INCLUDE (${include.join(', ')})`]),
    // SQL Server takes NULLs for equal in a unique index.
    ...(index.unique ? ['NULLS NOT DISTINCT'] : []),
    ...(filter === undefined ? [] : [`WHERE ${filter}`]),
  ];
  const names = [quoteText(schema), quoteText(target.name)];
  const declared = [
    ...names,
    quoteText(name),
    quoteText(index.name),
    index.filter === undefined ? 'NULL' : quoteText(definitionText(index.filter.text)),
  ];
  return [
    ...(index.replaces ? [`SELECT sys.drop_index(${names.join(', ')}, ${quoteText(index.name)})`] : []),
    parts.join(' '),
    `SELECT sys.declare_index(${declared.join(', ')})`,
  ];
}
