/** Whether the login may read definitions; without the right to, a trigger looks missing, or has no text. */

/**
 * A T-SQL expression, 1 or 0, over an expression of an object's quoted name. OBJECT_DEFINITION asks for one of these
 * rights.
 */
export function seesDefinitionSql(object: string): string {
  const may = (right: 'VIEW DEFINITION' | 'ALTER') => `HAS_PERMS_BY_NAME(${object}, N'OBJECT', N'${right}') = 1`;
  return `CASE WHEN ${may('VIEW DEFINITION')} OR ${may('ALTER')} THEN 1 ELSE 0 END`;
}
