/** The prelude: the SQL that makes an empty PostgreSQL database one of SQL Server's. */
import { codePagesSql } from './codePages';
import { collationsSql } from './collations';
import { dateStylesSql } from './conversion/dateStyles';
import { entryPointsSql } from './conversion/entryPoints';
import { toBinarySql } from './conversion/toBinary';
import { toDateSql } from './conversion/toDate';
import { toNumberSql } from './conversion/toNumber';
import { toTextSql } from './conversion/toText';
import { datesSql } from './dates';
import { numbersSql } from './numbers';
import { operatorsSql } from './operators';
import { patternsSql } from './patterns';
import { raisingSql } from './raising';
import { stringsSql } from './strings';
import { typesSql } from './types';

/** In an order in which each part finds what it needs. */
export const preludeParts: readonly string[] = [
  'CREATE EXTENSION pgcrypto SCHEMA sys;',
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
];
