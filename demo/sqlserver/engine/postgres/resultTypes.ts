/** PostgreSQL's description of a result as T-SQL's, and its values in their canonical text. */
import type { Column, SqlType } from '../../contract';
import type { DescribeColumns, ResultColumn } from '../contract';
import { PostgresCatalog } from './catalog';

/** Type oids as in PostgreSQL's pg_type.dat. */
const typeOids = {
  boolean: 16,
  bytea: 17,
  name: 19,
  bigint: 20,
  smallint: 21,
  integer: 23,
  oid: 26,
  real: 700,
  double: 701,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
} as const;

const plainTypes: ReadonlyMap<number, SqlType> = new Map<number, SqlType>([
  [typeOids.boolean, { name: 'bit' }],
  [typeOids.bytea, { name: 'varbinary', length: -1 }],
  [typeOids.bigint, { name: 'bigint' }],
  [typeOids.smallint, { name: 'smallint' }],
  [typeOids.integer, { name: 'int' }],
  [typeOids.oid, { name: 'int' }],
  [typeOids.real, { name: 'real' }],
  [typeOids.double, { name: 'float' }],
  [typeOids.date, { name: 'date' }],
  [typeOids.time, { name: 'time', scale: 7 }],
  [typeOids.timestamp, { name: 'datetime' }],
  [typeOids.timestamptz, { name: 'datetimeoffset', scale: 7 }],
  [typeOids.uuid, { name: 'uniqueidentifier' }],
]);

/** Of numbers PostgreSQL computed without a declared scale. */
const undeclaredNumeric = { precision: 38, scale: 10 };

function typeOf(oid: number, modifier: number, collation: string): SqlType {
  const plain = plainTypes.get(oid);
  if (plain !== undefined) return plain;
  if (oid === typeOids.numeric) {
    if (modifier < 0) return { name: 'numeric', ...undeclaredNumeric };
    return { name: 'numeric', precision: ((modifier - 4) >> 16) & 0xffff, scale: (modifier - 4) & 0x7ff };
  }
  return { name: 'nvarchar', length: oid === typeOids.name ? 128 : -1, collation };
}

/** Digits with exactly `scale` of them after the point, rounded half away from zero as SQL Server does. */
export function toScale(digits: string, scale: number): string {
  const [whole = '0', fraction = ''] = digits.split('.');
  if (fraction.length <= scale) return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`;
  const negative = whole.startsWith('-');
  const kept = BigInt((negative ? whole.slice(1) : whole) + fraction.slice(0, scale));
  const rounded = kept + (fraction.charAt(scale) >= '5' ? 1n : 0n);
  const text = String(rounded).padStart(scale + 1, '0');
  const sign = negative && rounded !== 0n ? '-' : '';
  return sign + (scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`);
}

/** `2024-01-02 03:04:05.678+05:30` -> `2024-01-02 03:04:05.678 +05:30`; PostgreSQL leaves `:00` out. */
function withOffset(text: string): string {
  return text.replace(
    /([-+]\d\d)(?::?(\d\d))?$/,
    (_, hours: string, minutes: string | undefined) => ` ${hours}:${minutes ?? '00'}`,
  );
}

/** How a value of this type, sent as this PostgreSQL type, is read. */
function reader(type: SqlType, oid: number): ResultColumn['read'] {
  if (oid === typeOids.boolean) return (text) => (text === 't' ? '1' : '0');
  if (oid === typeOids.bytea) return (text) => text.slice(2);
  if (oid === typeOids.uuid) return (text) => text.toUpperCase();
  if (oid === typeOids.timestamptz) return withOffset;
  const scale = type.name === 'money' || type.name === 'smallmoney' ? 4 : type.scale;
  if (oid === typeOids.numeric && scale !== undefined) return (text) => toScale(text, scale);
  // A numeric that the translation knows to be a whole number.
  if (oid === typeOids.numeric && ['tinyint', 'smallint', 'int', 'bigint'].includes(type.name))
    return (text) => toScale(text, 0);
  if (type.name === 'numeric' || type.name === 'decimal') return (text) => toScale(text, type.scale ?? 0);
  return (text) => text;
}

export const describeColumns: DescribeColumns = (fields, known, catalog) =>
  fields.map(({ name, tableID, columnID, dataTypeID, dataTypeModifier }, index) => {
    const origin = catalog instanceof PostgresCatalog ? catalog.columnAt(tableID, columnID) : undefined;
    const type = known[index]?.type ?? origin?.type ?? typeOf(dataTypeID, dataTypeModifier, catalog.collation);
    const column: Column = {
      name: known[index]?.name ?? name,
      type,
      nullable: origin?.nullable ?? true,
      ...(origin?.identity === true ? { identity: true } : {}),
    };
    return { column, read: reader(type, dataTypeID) };
  });
