/** Types that don't go together, functions that don't exist, numbers that don't fit. */
import { type Rule, quotedName } from './rule';

/** PostgreSQL's type names in messages -> T-SQL's. */
const typeNames: ReadonlyMap<string, string> = new Map([
  ['boolean', 'bit'],
  ['smallint', 'smallint'],
  ['integer', 'int'],
  ['bigint', 'bigint'],
  ['numeric', 'numeric'],
  ['real', 'real'],
  ['double precision', 'float'],
  ['character', 'varchar'],
  ['bpchar', 'varchar'],
  ['text', 'varchar'],
  ['bytea', 'varbinary'],
  ['uuid', 'uniqueidentifier'],
  ['date', 'date'],
  ['time without time zone', 'time'],
  ['timestamp without time zone', 'datetime'],
  ['timestamp with time zone', 'datetimeoffset'],
]);
const typeName = (postgres: string | undefined): string => typeNames.get(postgres?.trim() ?? '') ?? postgres ?? '';
const operatorNames: ReadonlyMap<string, string> = new Map([
  ['+', 'add'],
  ['-', 'subtract'],
  ['*', 'multiply'],
  ['/', 'divide'],
  ['%', 'modulo'],
  ['=', 'equal to'],
  ['<>', 'not equal to'],
  ['<', 'less than'],
  ['<=', 'less than or equal to'],
  ['>', 'greater than'],
  ['>=', 'greater than or equal to'],
]);

export const undefinedFunction: Rule = (error) => {
  const operator = /^operator does not exist: (.+) (\S+) (.+)$/.exec(error.message);
  if (operator !== null) {
    const [, left, symbol = '', right] = operator;
    const [a, b] = [typeName(left), typeName(right)];
    return a === b
      ? [402, `The data types ${a} and ${b} are incompatible in the ${operatorNames.get(symbol) ?? symbol} operator.`]
      : [206, `Operand type clash: ${a} is incompatible with ${b}`, 16, 2];
  }
  const cast = /^function sys\.cast_(\w+)\(([^,)]+)/.exec(error.message);
  if (cast !== null) {
    const [, target = '', source] = cast;
    return [
      529,
      `Explicit conversion from data type ${typeName(source)} to ${target.replace('bytes', 'varbinary')} is not allowed.`,
      16,
      2,
    ];
  }
  const name = quotedName(error.message, /^function (?:sys\.)?(\w+)\(/);
  return [195, `'${name}' is not a recognized built-in function name.`, 15, 10];
};

export const typeMismatch: Rule = (error) => {
  const assigned = /is of type (.+) but expression is of type (.+)$/.exec(error.message);
  const united = /types (.+) and (.+) cannot be matched/.exec(error.message);
  const [, a, b] = assigned !== null ? [, assigned[2], assigned[1]] : (united ?? []);
  return [206, `Operand type clash: ${typeName(a)} is incompatible with ${typeName(b)}`, 16, 2];
};

export const collationConflict: Rule = (error) => {
  const [, left, right] = /collations "(.+?)" and "(.+?)"/.exec(error.message) ?? [];
  const between = left === undefined ? '' : ` between "${left}" and "${right ?? ''}"`;
  return [468, `Cannot resolve the collation conflict${between} in the equal to operation.`, 16, 9];
};

export const numericOverflow: Rule = (error) => {
  const type =
    quotedName(error.message, /^(\w+) out of range/) || (error.message.includes('numeric') ? 'numeric' : 'int');
  return [8115, `Arithmetic overflow error converting expression to data type ${typeName(type)}.`, 16, 2];
};
