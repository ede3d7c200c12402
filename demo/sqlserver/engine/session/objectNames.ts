/** Names of objects: as they are written, and as the catalog compares them. */
import { SqlServerError } from '../../contract';
import type { Catalog } from '../contract';
import type { ObjectName } from './syntax';

/** The schema a name means; 2760 where there is none of that name. */
export function schemaOf(catalog: Catalog, name: ObjectName): string {
  if (name.schema === undefined) return catalog.defaultSchema;
  const schema = catalog.findSchema(name.schema);
  if (schema === undefined) {
    throw new SqlServerError(
      2760,
      `The specified schema name "${name.schema}" either does not exist or you do not have permission to use it.`,
    );
  }
  return schema;
}

export function sameName(catalog: Catalog, one: string, other: string): boolean {
  return catalog.caseSensitive ? one === other : one.toLowerCase() === other.toLowerCase();
}

export function nameEquals(catalog: Catalog, one: string, other: string): string {
  return catalog.caseSensitive ? `${one} = ${other}` : `lower(${one}) = lower(${other})`;
}

export function written(name: ObjectName): string {
  return name.schema === undefined ? name.name : `${name.schema}.${name.name}`;
}

/** `[dbo].[p]`, `master..sp_x`, as they stand in a string. */
export function parseName(text: string): ObjectName {
  const parts = [...text.matchAll(/\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.[\]"]+)|(?<=\.)(?=\.)/g)].map(
    ([, bracketed, quoted, bare]) =>
      bracketed?.replaceAll(']]', ']') ?? quoted?.replaceAll('""', '"') ?? bare?.trim() ?? '',
  );
  const [name = '', schema, database] = parts.reverse();
  return { name, schema: schema === '' ? undefined : schema, database };
}
