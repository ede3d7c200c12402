/**
 * CAST, TRY_CAST and assignment by their public names: `convert_<type>`, `try_convert_<type>`, `assign_<type>`. Each takes a value of any
 * type and leaves the work to `cast_<type>`, of which there is one for each type it can come from. A second form for bpchar takes bare NULLs.
 */

interface Target {
  readonly name: string;
  readonly returns: string;
  /** Parameters between the value and the style. */
  readonly parameters: readonly string[];
  readonly styled: boolean;
}

const plain = (name: string, returns: string): Target => ({ name, returns, parameters: [], styled: false });
const targets: readonly Target[] = [
  plain('bit', 'boolean'),
  plain('tinyint', 'smallint'),
  plain('smallint', 'smallint'),
  plain('int', 'integer'),
  plain('bigint', 'bigint'),
  plain('money', 'sys.money'),
  plain('smallmoney', 'sys.smallmoney'),
  plain('float', 'double precision'),
  plain('real', 'real'),
  plain('uniqueidentifier', 'uuid'),
  plain('xml', 'sys.xml'),
  plain('sql_variant', 'sys.sql_variant'),
  { name: 'numeric', returns: 'numeric', parameters: ['precision_ integer', 'scale integer'], styled: false },
  { name: 'date', returns: 'date', parameters: [], styled: true },
  { name: 'datetime', returns: 'timestamp', parameters: [], styled: true },
  { name: 'smalldatetime', returns: 'timestamp', parameters: [], styled: true },
  { name: 'time', returns: 'time', parameters: ['scale integer'], styled: true },
  { name: 'datetime2', returns: 'timestamp', parameters: ['scale integer'], styled: true },
  { name: 'datetimeoffset', returns: 'timestamptz', parameters: ['scale integer'], styled: true },
  { name: 'varbinary', returns: 'bytea', parameters: ['n integer'], styled: true },
  { name: 'binary', returns: 'bytea', parameters: ['n integer'], styled: true },
];

/** Whether the cast reads the session's time zone. */
const volatilityOf = ({ name }: Target): string =>
  ['datetimeoffset', 'sql_variant'].includes(name) ? 'STABLE' : 'IMMUTABLE';

/** Reading a string is nobody's collation's business; an undetermined one would be an error in the middle of it. */
const plainText = '$1 COLLATE "C"';

function entryPoints(target: Target): string {
  const { name, returns, parameters, styled } = target;
  const header = `RETURNS ${returns} LANGUAGE sql ${volatilityOf(target)} PARALLEL SAFE AS`;
  const argument = (source: string): string => (source === 'bpchar' ? plainText : '$1');
  const passed = parameters.map((_, index) => `$${index + 2}`);
  const call = (source: string, style: string, must: boolean): string =>
    `'SELECT sys.cast_${name}(${[argument(source), ...passed, ...(styled ? [style] : []), String(must)].join(', ')})'`;
  const style = `$${parameters.length + 2}`;
  const converting = (prefix: string, must: boolean): string[] =>
    ['anynonarray', 'bpchar'].map((source) => {
      const signature = [`value ${source}`, ...parameters, ...(styled ? ['style integer DEFAULT NULL'] : [])];
      return `CREATE FUNCTION sys.${prefix}_${name}(${signature.join(', ')}) ${header} ${call(source, style, must)};`;
    });
  const assigning = ['anynonarray', 'bpchar'].map((source) => {
    const signature = [`value ${source}`, ...parameters, 'table_ text DEFAULT NULL', 'column_ text DEFAULT NULL'];
    const body = name.endsWith('binary')
      ? `'SELECT sys.assign_bytes(''${name}'', sys.cast_varbinary(${argument(source)}, -1, NULL, true), $2, $3, $4)'`
      : call(source, 'NULL', true);
    return `CREATE FUNCTION sys.assign_${name}(${signature.join(', ')}) ${header} ${body};`;
  });
  return [...converting('convert', true), ...converting('try_convert', false), ...assigning].join('\n');
}

const characterTypes = [
  { name: 'varchar', sized: true, unicode: false },
  { name: 'char', sized: true, unicode: false },
  { name: 'nvarchar', sized: true, unicode: true },
  { name: 'nchar', sized: true, unicode: true },
  { name: 'text', sized: false, unicode: false },
  { name: 'ntext', sized: false, unicode: true },
] as const;

function characterEntryPoints({ name, sized, unicode }: (typeof characterTypes)[number]): string {
  const header = (source: string): string =>
    `RETURNS bpchar LANGUAGE sql ${source === 'bpchar' ? 'IMMUTABLE' : 'STABLE'} PARALLEL SAFE AS`;
  const textOf = (source: string, style_: string): string =>
    source === 'bpchar' ? `sys.raw(${plainText})` : `sys.text_of($1, ${style_})`;
  const length = sized ? ['n integer'] : [];
  const n = sized ? '$2' : '-1';
  const style = `$${length.length + 2}`;
  const codePage = unicode ? [] : ['code_page integer DEFAULT 1252'];
  const converting = (prefix: string, must: boolean): string[] =>
    ['anynonarray', 'bpchar'].map((source) => {
      const signature = [`value ${source}`, ...length, 'style integer DEFAULT NULL', ...codePage];
      const page = unicode ? 'NULL::integer' : `$${length.length + 3}`;
      return `CREATE FUNCTION sys.${prefix}_${name}(${signature.join(', ')}) ${header(source)}
'SELECT sys.fit_text(${source === 'bpchar' ? "''character''" : 'sys.type_of($1)'}, ''${name}'', ${textOf(source, style)}, ${n}, ${page}, ${String(must)})::bpchar';`;
    });
  const assigning = ['anynonarray', 'bpchar'].map((source) => {
    const signature = [
      `value ${source}`,
      ...length,
      'table_ text DEFAULT NULL',
      'column_ text DEFAULT NULL',
      ...codePage,
    ];
    const page = unicode ? 'NULL::integer' : `$${length.length + 4}`;
    const [table, column] = [`$${length.length + 2}`, `$${length.length + 3}`];
    const function_ = source === 'bpchar' ? 'assign_string' : 'assign_other';
    const type = source === 'bpchar' ? '' : 'sys.type_of($1), ';
    return `CREATE FUNCTION sys.assign_${name}(${signature.join(', ')}) ${header(source)}
'SELECT sys.${function_}(${type}''${name}'', ${textOf(source, 'NULL::integer')}, ${n}, ${page}, ${table}, ${column})::bpchar';`;
  });
  return [...converting('convert', true), ...converting('try_convert', false), ...assigning].join('\n');
}

export const entryPointsSql = String.raw`
CREATE FUNCTION sys.truncated(value text, n integer, code_page integer, table_ text, column_ text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  PERFORM sys.raise(2628, 'String or binary data would be truncated in table ''' || current_database() || '.' || table_ || ''', column '''
    || column_ || '''. Truncated value: ''' || CASE WHEN code_page = 65001 THEN sys.utf8_left(value, n) ELSE sys.utf16_left(value, n) END || '''.');
END $$;

-- A string goes into a column (too long is error 2628, but for blanks at the end) or a variable (too long is cut).
CREATE FUNCTION sys.assign_string(target text, value text, n integer, code_page integer, table_ text, column_ text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  result text := value;
BEGIN
  IF octet_length(value) = char_length(value) THEN
    IF target IN ('varchar', 'nvarchar') AND (n < 0 OR octet_length(value) <= n) THEN
      RETURN value;
    END IF;
  ELSIF code_page IS NOT NULL THEN
    result := sys.into_code_page(value, code_page);
  END IF;
  IF table_ IS NOT NULL AND n > 0 AND sys.character_units(result, code_page) > n AND sys.character_units(rtrim(result, ' '), code_page) > n THEN
    PERFORM sys.truncated(result, n, code_page, table_, column_);
  END IF;
  RETURN sys.fit_text('bpchar', target, result, n, NULL, true);
END $$;

CREATE FUNCTION sys.assign_bytes(target text, value bytea, n integer, table_ text, column_ text) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF table_ IS NOT NULL AND n > 0 AND octet_length(value) > n THEN
    PERFORM sys.raise(2628, 'String or binary data would be truncated in table ''' || current_database() || '.' || table_ || ''', column '''
      || column_ || '''. Truncated value: ''''.');
  END IF;
  RETURN sys.fit_bytes(value, n, target);
END $$;

CREATE FUNCTION sys.assign_other(type text, target text, value text, n integer, code_page integer, table_ text, column_ text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF table_ IS NOT NULL AND n > 0 AND length(value) > n AND type IN ('date', 'time without time zone', 'timestamp without time zone', 'timestamp with time zone', 'bytea') THEN
    PERFORM sys.truncated(value, n, code_page, table_, column_);
  END IF;
  RETURN sys.fit_text(type, target, value, n, code_page, true);
END $$;

${characterTypes.map(characterEntryPoints).join('\n')}

${targets.map(entryPoints).join('\n')}
`;
