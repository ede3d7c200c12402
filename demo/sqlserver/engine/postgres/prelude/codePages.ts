/** What char, varchar and text can hold: the characters of a Windows code page. The rest becomes its nearest letter or `?`, as in SQL Server. */

const codePages = [1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258, 874];

/** Letters whose nearest one in a code page is not their base letter of Unicode's decomposition. */
const nearest: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  ŧ: 't',
  Ŧ: 'T',
  ø: 'o',
  Ø: 'O',
  ſ: 's',
  '′': "'",
  '‵': '`',
  '−': '-',
  '‐': '-',
  '‑': '-',
  '―': '-',
  '⁄': '/',
  '∕': '/',
  '∗': '*',
  '∙': '·',
  '≤': '=',
  '≥': '=',
  '∞': '8',
  α: 'a',
  δ: 'd',
  ε: 'e',
  π: 'p',
  σ: 's',
  τ: 't',
  φ: 'f',
  Γ: 'G',
  Θ: 'T',
  Σ: 'S',
  Φ: 'F',
  Ω: 'O',
};

/** Spelled out, because some releases of Node.js decode windows-1252 as Latin-1. */
const windows1252From80 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** The upper half of a code page, as the inside of a regular expression's bracket. */
function upperHalf(codePage: number): string {
  const bytes = Uint8Array.from({ length: 128 }, (_, index) => 128 + index);
  const decoded = new TextDecoder(`windows-${codePage}`).decode(bytes);
  const characters = codePage === 1252 ? windows1252From80 + decoded.slice(0x20) : decoded;
  return Array.from(characters)
    .filter((character) => character !== '\uFFFD')
    .map((character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
    .join('');
}

const fullWidth = Array.from({ length: 94 }, (_, index) => [
  String.fromCodePoint(0xff01 + index),
  String.fromCodePoint(0x21 + index),
]);
const replacements = [...Object.entries(nearest), ...fullWidth];
const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const from = quote(replacements.map(([character]) => character).join(''));
const to = quote(replacements.map(([, replacement]) => replacement).join(''));

export const codePagesSql = String.raw`
CREATE FUNCTION sys.code_page_lacks(code_page integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE code_page
${codePages.map((codePage) => `  WHEN ${codePage === 874 ? 874 : codePage} THEN '[^\\u0001-\\u007f${upperHalf(codePage)}]'`).join('\n')}
  ELSE '[^\u0001-\u007f]' END;

CREATE FUNCTION sys.into_code_page(value text, code_page integer) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  lacks text;
  result text := '';
  letter text;
  base text;
BEGIN
  IF code_page = 65001 OR octet_length(value) = char_length(value) THEN
    RETURN value;
  END IF;
  lacks := sys.code_page_lacks(code_page);
  IF value COLLATE "C" !~ lacks THEN
    RETURN value;
  END IF;
  FOREACH letter IN ARRAY string_to_array(value, NULL) LOOP
    IF letter COLLATE "C" ~ lacks THEN
      base := translate(letter COLLATE "C", ${from}, ${to});
      IF base COLLATE "C" ~ lacks THEN
        base := pg_catalog.left(normalize(letter, NFD), 1);
      END IF;
      letter := CASE
        WHEN base COLLATE "C" !~ lacks THEN base
        WHEN pg_catalog.ascii(letter) > 65535 THEN '??'
        ELSE '?' END;
    END IF;
    result := result || letter;
  END LOOP;
  RETURN result;
END $$;
`;
