/** CREATE VIEW and ALTER VIEW: a view of PostgreSQL's, with its T-SQL text beside it. */
import { SqlServerError } from '../../../../contract';
import type { DdlStatement } from '../../ddlStatements';
import { quoteName, quoteText, relationName } from '../../names';
import { withCollation } from '../../types';
import { emitQuery } from '../query';
import type { Environment } from '../environment';
import { invalidObject, splitPath } from '../tables';
import { declareColumns } from './columns';
import type { DdlText } from './index';
import { checkFree, targetSchema } from './naming';

export function emitCreateView(
  statement: Extract<DdlStatement, { kind: 'create view' }>,
  environment: Environment,
): DdlText {
  const { schema, name } = targetSchema(statement.name, environment);
  const { schema: written, name: wanted } = splitPath(statement.name, environment);
  const existing = environment.catalog.findTable(written, wanted);
  if (statement.mode === 'create') checkFree(statement.name, environment);
  if (statement.mode === 'alter' && existing === undefined) throw invalidObject(statement.name);
  if (existing !== undefined && existing.kind !== 'view') {
    throw new SqlServerError(2714, `There is already an object named '${name}' in the database.`, 16, 6);
  }
  const target = existing ?? { schema, name };
  const emitted = emitQuery(statement.query, environment, { role: 'derived', name, columns: statement.columns });
  const [variable] = environment.run.finish(emitted.sql).variables;
  if (variable !== undefined) throw new SqlServerError(137, `Must declare the scalar variable "${variable}".`, 15, 2);
  const columns = emitted.columns.map((column) => quoteName(column.name)).join(', ');
  const collation = environment.catalog.collation;
  const types = emitted.columns.map(({ name: column, value }) => {
    const label = value.collation;
    const own = label.strength === 'implicit' || label.strength === 'explicit' ? label.name : undefined;
    return { name: column, type: withCollation(value.type ?? { name: 'int' }, own ?? collation) };
  });
  const relation = relationName(target);
  const check = statement.checkOption ? ' WITH CASCADED CHECK OPTION' : '';
  const module = [target.schema, target.name, 'V ', statement.definition].map(quoteText);
  return {
    statements: [
      ...(existing === undefined ? [] : [`DROP VIEW ${relation}`]),
      `CREATE VIEW ${relation} (${columns}) AS ${emitted.sql}${check}`,
      declareColumns(target, types),
      `SELECT sys.declare_module(${module.join(', ')})`,
    ],
    target: existing,
  };
}
