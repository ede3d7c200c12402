/** Table-valued functions in FROM. */
import type { SqlType } from '../../../contract';
import type { FromItem } from '../syntax';
import { quoteName } from '../names';
import { toText } from './conversion';
import type { Environment } from './environment';
import { emitValue } from './expression';
import type { Leaf } from './from';
import type { Source } from './scope';
import { invalidObject } from './tables';
import { combineCollations, type CollationLabel } from './value';

export function bindFunction(item: Extract<FromItem, { kind: 'function' }>, environment: Environment): Leaf {
  const { call } = item;
  const values = call.arguments.map((argument) => emitValue(argument, environment));
  const name = item.alias ?? call.name;
  const leafOf = (sql: string, type: SqlType, collation: CollationLabel): Leaf => {
    const names = item.columns.length > 0 ? item.columns : ['value'];
    const columns = names.map((column) => ({ name: column, type, collation, nullable: true }));
    const source: Source = { name, alias: quoteName(name), columns, nullable: false };
    return { kind: 'leaf', source, sql, lateral: true, names, item };
  };
  if (call.schema === undefined && call.name === 'string_split' && values.length === 2) {
    const texts = values.map((value) => toText(value));
    const label = combineCollations(texts);
    const type = texts[0]?.type ?? { name: 'nvarchar', length: 4000 };
    return leafOf(`sys.string_split(${texts.map((text) => text.sql).join(', ')})`, type, label);
  }
  if (call.schema === undefined && call.name === 'generate_series' && (values.length === 2 || values.length === 3)) {
    const type = values[0]?.type ?? { name: 'int' };
    return leafOf(`generate_series(${values.map((value) => value.sql).join(', ')})`, type, { strength: 'default' });
  }
  throw invalidObject(call.schema === undefined ? [call.name] : [call.schema, call.name]);
}
