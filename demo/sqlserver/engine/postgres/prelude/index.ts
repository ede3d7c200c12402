/** The prelude: the SQL that makes an empty PostgreSQL database one of SQL Server's. */
import { applicationLocksSql } from './applicationLocks';
import { catalogColumnsSql } from './catalog/columns';
import { catalogCompatibilitySql } from './catalog/compatibility';
import { catalogIndexesSql } from './catalog/indexes';
import { catalogObjectsSql } from './catalog/objects';
import { publicViewsSql } from './catalog/publicViews';
import { catalogSecuritySql } from './catalog/security';
import { catalogServerSql } from './catalog/server';
import { catalogTypesSql } from './catalog/types';
import { codePagesSql } from './codePages';
import { collationsSql } from './collations';
import { dateStylesSql } from './conversion/dateStyles';
import { entryPointsSql } from './conversion/entryPoints';
import { toBinarySql } from './conversion/toBinary';
import { toDateSql } from './conversion/toDate';
import { toNumberSql } from './conversion/toNumber';
import { toTextSql } from './conversion/toText';
import { databaseOptionsSql } from './databaseOptions';
import { datesSql } from './dates';
import { declarationsSql, eventTriggersSql } from './declarations';
import { informationSchemaSql } from './informationSchema';
import { metadataSql } from './metadata';
import { numbersSql } from './numbers';
import { operatorsSql } from './operators';
import { patternsSql } from './patterns';
import { principalsSql } from './principals';
import { raisingSql } from './raising';
import { renamingSql } from './renaming';
import { sequencesSql } from './sequences';
import { sessionsSql } from './sessions';
import { stringsSql } from './strings';
import { typesSql } from './types';

/**
 * The prelude's parts, in an order in which each finds what it needs. Names in a database compare as its collation says,
 * so what looks names up is made for one collation.
 */
export function prelude(collation: string): string[] {
  return [
    'CREATE SCHEMA sys; CREATE SCHEMA tsql_information_schema; CREATE SCHEMA dbo; DROP SCHEMA public; SET search_path = pg_catalog, sys; CREATE EXTENSION pgcrypto SCHEMA sys;',
    collationsSql,
    raisingSql,
    typesSql,
    codePagesSql,
    dateStylesSql,
    toTextSql,
    toNumberSql,
    toDateSql,
    toBinarySql,
    entryPointsSql,
    stringsSql,
    patternsSql,
    numbersSql,
    datesSql,
    operatorsSql,
    sessionsSql,
    sequencesSql,
    applicationLocksSql,
    databaseOptionsSql,
    declarationsSql,
    principalsSql(collation),
    publicViewsSql,
    catalogTypesSql(collation),
    catalogObjectsSql(collation),
    catalogColumnsSql(collation),
    catalogIndexesSql(collation),
    catalogSecuritySql(collation),
    catalogServerSql(collation),
    catalogCompatibilitySql(collation),
    metadataSql(collation),
    renamingSql,
    informationSchemaSql(collation),
    eventTriggersSql,
  ];
}
