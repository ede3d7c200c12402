/** A value's canonical text (SqlValue) as PostgreSQL reads it. */
import type { SqlType, SqlValue } from '../../contract';

export function toPostgres(type: SqlType, value: SqlValue): string | null {
  if (value === null) return null;
  switch (type.name) {
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'rowversion':
      return `\\x${value}`;
    default:
      return value;
  }
}
