/** T-SQL's mathematical and logical functions. */

const header = 'LANGUAGE sql IMMUTABLE PARALLEL SAFE';
const wholeTypes = ['smallint', 'integer', 'bigint'];
const floatFunctions = ['exp', 'log10', 'sin', 'cos', 'tan', 'cot', 'asin', 'acos', 'atan', 'degrees', 'radians'];

export const numbersSql = String.raw`
${[...wholeTypes, 'numeric', 'double precision']
  .map(
    (type) => `CREATE FUNCTION sys.abs(value ${type}) RETURNS ${type} ${header} RETURN pg_catalog.abs(value);
CREATE FUNCTION sys.sign(value ${type}) RETURNS ${type} ${header} RETURN pg_catalog.sign(value${type === 'numeric' ? '' : '::double precision'})::${type};`,
  )
  .join('\n')}
${wholeTypes
  .map(
    (type) => `CREATE FUNCTION sys.ceiling(value ${type}) RETURNS ${type} ${header} RETURN value;
CREATE FUNCTION sys.floor(value ${type}) RETURNS ${type} ${header} RETURN value;
CREATE FUNCTION sys.round(value ${type}, digits integer, cut integer DEFAULT 0) RETURNS ${type} ${header}
RETURN CASE WHEN digits >= 0 THEN value WHEN cut = 0 THEN round(value::numeric, digits)::${type} ELSE trunc(value::numeric, digits)::${type} END;
CREATE FUNCTION sys.power(value ${type}, exponent double precision) RETURNS ${type} ${header} RETURN sys.cast_${type === 'integer' ? 'int' : type}(pg_catalog.power(value::double precision, exponent), true);`,
  )
  .join('\n')}
CREATE FUNCTION sys.ceiling(value numeric) RETURNS numeric ${header} RETURN ceil(value);
CREATE FUNCTION sys.floor(value numeric) RETURNS numeric ${header} RETURN pg_catalog.floor(value);
CREATE FUNCTION sys.ceiling(value double precision) RETURNS double precision ${header} RETURN ceil(value);
CREATE FUNCTION sys.floor(value double precision) RETURNS double precision ${header} RETURN pg_catalog.floor(value);
-- The result keeps the value's scale: ROUND(1.25, 1) is 1.30.
CREATE FUNCTION sys.round(value numeric, digits integer, cut integer DEFAULT 0) RETURNS numeric ${header}
RETURN round(CASE WHEN cut = 0 THEN round(value, digits) ELSE trunc(value, digits) END, greatest(scale(value), 0));
CREATE FUNCTION sys.round(value double precision, digits integer, cut integer DEFAULT 0) RETURNS double precision ${header}
RETURN (CASE WHEN cut = 0 THEN round(value::text::numeric, digits) ELSE trunc(value::text::numeric, digits) END)::double precision;
CREATE FUNCTION sys.power(value numeric, exponent double precision) RETURNS numeric ${header}
RETURN round(pg_catalog.power(value, exponent::numeric), scale(value));
CREATE FUNCTION sys.power(value double precision, exponent double precision) RETURNS double precision ${header} RETURN pg_catalog.power(value, exponent);
CREATE FUNCTION sys.sqrt(value double precision) RETURNS double precision LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF value < 0 THEN
    PERFORM sys.raise(3623, 'An invalid floating point operation occurred.');
  END IF;
  RETURN pg_catalog.sqrt(value);
END $$;
CREATE FUNCTION sys.square(value double precision) RETURNS double precision ${header} RETURN value * value;
CREATE FUNCTION sys.log(value double precision) RETURNS double precision ${header} RETURN ln(value);
CREATE FUNCTION sys.log(value double precision, base double precision) RETURNS double precision ${header} RETURN ln(value) / ln(base);
CREATE FUNCTION sys.atn2(y double precision, x double precision) RETURNS double precision ${header} RETURN atan2(y, x);
CREATE FUNCTION sys.pi() RETURNS double precision ${header} RETURN pg_catalog.pi();
${floatFunctions
  .map(
    (name) =>
      `CREATE FUNCTION sys.${name}(value double precision) RETURNS double precision ${header} RETURN pg_catalog.${name}(value);`,
  )
  .join('\n')}
CREATE FUNCTION sys.rand() RETURNS double precision LANGUAGE sql VOLATILE RETURN random();
CREATE FUNCTION sys.rand(seed integer) RETURNS double precision LANGUAGE plpgsql VOLATILE STRICT AS $$
BEGIN
  PERFORM setseed(seed / 2147483648.0);
  RETURN random();
END $$;
CREATE FUNCTION sys.newid() RETURNS uuid LANGUAGE sql VOLATILE RETURN gen_random_uuid();
CREATE FUNCTION sys.newsequentialid() RETURNS uuid LANGUAGE sql VOLATILE RETURN uuidv7();

CREATE FUNCTION sys.isnull(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT coalesce($1, $2)';
CREATE FUNCTION sys.isnull(bpchar, anynonarray) RETURNS bpchar LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT coalesce($1, sys.to_string($2))';
CREATE FUNCTION sys.isnull(bpchar, bpchar) RETURNS bpchar LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce($1, $2);
${[
  ['boolean', 'bit'],
  ['smallint', 'smallint'],
  ['integer', 'int'],
  ['bigint', 'bigint'],
  ['double precision', 'float'],
  ['uuid', 'uniqueidentifier'],
]
  .map(
    ([type = '', name = '']) =>
      `CREATE FUNCTION sys.isnull(${type}, bpchar) RETURNS ${type} ${header} RETURN coalesce($1, sys.cast_${name}($2, true));`,
  )
  .join('\n')}
CREATE FUNCTION sys.isnull(numeric, bpchar) RETURNS numeric ${header} RETURN coalesce($1, sys.cast_numeric($2, 38, 10, true));
CREATE FUNCTION sys.isnull(timestamp, bpchar) RETURNS timestamp ${header} RETURN coalesce($1, sys.cast_datetime($2, NULL, true));
CREATE FUNCTION sys.isnull(date, bpchar) RETURNS date ${header} RETURN coalesce($1, sys.cast_date($2, NULL, true));
CREATE FUNCTION sys.isnull(integer, integer) RETURNS integer ${header} RETURN coalesce($1, $2);
CREATE FUNCTION sys.isnull(boolean, integer) RETURNS boolean ${header} RETURN coalesce($1, $2 <> 0);

CREATE FUNCTION sys.isnumeric(value bpchar) RETURNS integer ${header}
RETURN CASE WHEN value IS NULL OR btrim(sys.raw(value)) = '' THEN 0
  WHEN sys.cast_float(value, false) IS NOT NULL OR sys.money_syntax(value, false) IS NOT NULL THEN 1 ELSE 0 END;
CREATE FUNCTION sys.isnumeric(value anynonarray) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN $1 IS NOT NULL AND pg_typeof($1)::text IN ('boolean', 'smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision', 'sys.money', 'sys.smallmoney') THEN 1 ELSE 0 END $$;
CREATE FUNCTION sys.isdate(value bpchar) RETURNS integer ${header}
RETURN CASE WHEN btrim(sys.raw(value)) <> '' AND sys.cast_datetime(value, NULL, false) IS NOT NULL THEN 1 ELSE 0 END;
`;
