/** How text gets into T-SQL; nothing that a user or a database named gets there in another way. */

/** Longest name that SQL Server knows, in UTF-16 units (sysname is NVARCHAR(128)). */
export const maxNameLength = 128;

/** A name in brackets, as QUOTENAME writes it. */
export function quoteName(name: string): string {
  if (name === '' || name.length > maxNameLength || name.includes('\0'))
    throw new RangeError(`Not a name in SQL Server: ${JSON.stringify(name)}`);
  return `[${name.replaceAll(']', ']]')}]`;
}

/** `[dbo].[Products]` */
export function quoteQualifiedName(schema: string, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}

/** Longest literal that is no NVARCHAR(MAX), in UTF-16 units. */
const maxShortLiteral = 4000;

/**
 * Any string as an expression of type NVARCHAR. Two things can't stand in a literal: a NUL, and a backslash at a line's
 * end, which T-SQL takes for a continuation of the line and swallows. There the literal is cut in two and put together
 * again.
 */
export function quoteText(value: string): string {
  const pieces = value
    .split(/(?<=\0)|(?=\0)|(?<=\\)(?=[\r\n])/)
    .filter((piece) => piece !== '')
    .map((piece) => (piece === '\0' ? 'NCHAR(0)' : `N'${piece.replaceAll("'", "''")}'`));
  if (pieces.length === 0) return "N''";
  if (pieces.length === 1 && pieces[0] !== undefined) return pieces[0];
  // Concatenated short pieces would be cut at 4,000 characters.
  const first = value.length > maxShortLiteral ? ["CONVERT(NVARCHAR(MAX), N'')"] : [];
  return `(${[...first, ...pieces].join(' + ')})`;
}
