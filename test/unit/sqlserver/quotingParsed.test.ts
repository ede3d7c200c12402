import assert from 'node:assert/strict';
import { Dialect, init, parse } from '@polyglot-sql/sdk';
import fc from 'fast-check';
import { tokenize } from '../../../demo/sqlserver/engine/lexer';
import { maxNameLength, quoteName, quoteQualifiedName, quoteText } from '../../../src/sync/sqlserver/quoting';

/** Signs that end, escape, comment or join something somewhere, and such as become one of those in a code page of SQL Server. */
const sharp = fc.constantFrom(
  ...[
    "'",
    "''",
    '"',
    '[',
    ']',
    ']]',
    '\\',
    '\n',
    '\r\n',
    '\r',
    ';',
    '--',
    '/*',
    '*/',
    'GO\n',
    'N',
    '@',
    '$(x)',
    '%',
    '\t',
  ],
  // Full-width and typographic look-alikes: VARCHAR turns them into ' " [ ].
  ...['\uff07', '\u2018', '\u2019', '\u201b', '\u02bc', '\u2032', '\uff02', '\uff3b', '\uff3d', '\uff1b', '\uff0d'],
  ...['\0', '\u0001', '\u0085', '\u00a0', '\u2028', '\ufeff', '\u202e', '\ud800', '\udc00', '🍵', 'ß'],
  ...["'; DROP TABLE x;--", ']; DROP TABLE x;--', "') OR 1=1--"],
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.oneof(sharp, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 20 }).map((all) => all.join('')),
  // Lone halves of characters as well.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
);
const anyName = anyText.filter((text) => text !== '' && text.length <= maxNameLength && !text.includes('\0'));

/** What T-SQL makes of one literal: a backslash at a line's end goes, and the line's end with it. */
const continued = (value: string): string => value.replace(/\\(\r\n|\r|\n)/g, '');

/** The text that an expression of literals, `NCHAR(0)` and `+` is; fails where there is anything else in it. */
function textOf(expression: string): string {
  let value = '';
  let depth = 0;
  const tokens = tokenize(expression, { quotedIdentifier: true }).slice(0, -1);
  for (let at = 0; at < tokens.length; at += 1) {
    const { kind, value: written, upper, text } = tokens[at]!;
    const words = tokens.slice(at, at + 4).map((token) => token.text);
    if (kind === 'nstring') value += continued(written);
    else if (words.join('') === 'NCHAR(0)') {
      value += '\0';
      at += 3;
    } else if (upper === 'CONVERT') at += 5;
    else if (upper === '(') depth += 1;
    else if (upper === ')') depth -= 1;
    else assert.equal(text, '+', expression);
  }
  assert.equal(depth, 0, expression);
  return value;
}

/** The same by another parser, which knows nothing of line continuations. */
function parsedText(expression: string): string {
  const result = parse(`SELECT ${expression} AS x`, Dialect.TSQL);
  assert.ok(result.success, `${result.error ?? ''}: ${expression}`);
  const [statement, ...others] = result.ast as unknown as readonly { select: { expressions: readonly unknown[] } }[];
  assert.equal(others.length, 0);
  assert.equal(statement?.select.expressions.length, 1);
  return textIn(statement.select.expressions[0]);
}

function textIn(node: unknown): string {
  const [[kind, inside] = []] = Object.entries(node as Record<string, unknown>);
  const fields = inside as Record<string, unknown>;
  switch (kind) {
    case 'alias':
    case 'paren':
      return textIn(fields['this']);
    case 'add':
      return textIn(fields['left']) + textIn(fields['right']);
    case 'literal':
      assert.equal(fields['literal_type'], 'national_string');
      return continued(String(fields['value']));
    case 'function':
      assert.equal(fields['name'], 'NCHAR');
      return '\0';
    default:
      assert.fail(`a ${String(kind)} in what is to be one text`);
  }
}

describe('what is quoted', () => {
  before(() => init());

  it('is one text of NVARCHAR to the stand-in’s lexer, the same to the letter', () =>
    fc.assert(
      fc.property(anyText, (value) => assert.equal(textOf(quoteText(value)), value)),
      { numRuns: 3_000 },
    ));

  it('is one text of NVARCHAR to a parser of T-SQL that knows nothing of shopMaster', () =>
    fc.assert(
      // Its text comes and goes as UTF-8, which has no lone halves of characters.
      fc.property(
        anyText.filter((text) => Buffer.from(text).toString() === text),
        (value) => assert.equal(parsedText(quoteText(value)), value),
      ),
      { numRuns: 500 },
    ));

  it('is never a text of VARCHAR, whose code page could make quotes of other signs', () =>
    fc.assert(
      fc.property(anyText, (value) => {
        const kinds = tokenize(quoteText(value), { quotedIdentifier: true }).map(({ kind }) => kind);
        assert.ok(!kinds.includes('string'));
      }),
    ));

  it('is one name to the stand-in’s lexer, with quoted identifiers or without', () =>
    fc.assert(
      fc.property(anyName, anyName, fc.boolean(), (schema, name, quotedIdentifier) => {
        const tokens = tokenize(quoteQualifiedName(schema, name), { quotedIdentifier });
        assert.deepEqual(
          tokens.map(({ kind, value }) => [kind, value]),
          [
            ['name', schema],
            ['symbol', '.'],
            ['name', name],
            ['end', ''],
          ],
        );
      }),
      { numRuns: 2_000 },
    ));

  it('is one name to a parser of T-SQL that knows nothing of shopMaster', () =>
    fc.assert(
      fc.property(
        anyName.filter((text) => Buffer.from(text).toString() === text),
        (name) => {
          const result = parse(`SELECT 1 AS x FROM ${quoteName(name)} AS t`, Dialect.TSQL);
          assert.ok(result.success, `${result.error ?? ''}: ${quoteName(name)}`);
          const names = [...JSON.stringify(result.ast).matchAll(/"table":\{"name":\{"name":("(?:[^"\\]|\\.)*")/g)];
          assert.deepEqual(
            names.map(([, found]) => JSON.parse(found!) as string),
            [name],
          );
        },
      ),
      { numRuns: 500 },
    ));

  it('stays what it is within T-SQL that is a text itself', () =>
    fc.assert(
      fc.property(anyName, anyText, (name, value) => {
        const inner = `CREATE TRIGGER ${quoteName(name)} AS PRINT ${quoteText(value)}`;
        const outer = tokenize(`EXEC (${quoteText(inner)});`, { quotedIdentifier: true });
        assert.deepEqual(
          outer.filter(({ kind }) => !['nstring', 'symbol', 'word', 'number', 'end'].includes(kind)),
          [],
        );
        const [, open, ...rest] = outer;
        assert.equal(open?.text, '(');
        assert.equal(
          textOf(
            `(${rest
              .map(({ text }) => text)
              .join(' ')
              .replace(/\)\s*;\s*$/, '')})`,
          ),
          inner,
        );
      }),
    ));
});
