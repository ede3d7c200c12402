import assert from 'node:assert/strict';
import { tokenize } from '../../demo/sqlserver/engine/lexer';
import { SqlServerError } from '../../demo/sqlserver/contract';

const kinds = (sql: string, quotedIdentifier = true) =>
  tokenize(sql, { quotedIdentifier })
    .slice(0, -1)
    .map((token) => `${token.kind}:${token.value}`);

describe('the T-SQL lexer', () => {
  it('tells words, names, strings, numbers, variables and symbols apart', () => {
    assert.deepEqual(kinds(`SELECT [a]]b], "c""d", N'é''x', 'y', 1.5e3, .5, 0x1F, $12.50, @v, @@ROWCOUNT <> #t.$action`), [
      'word:SELECT', 'name:a]b', 'symbol:,', 'name:c"d', 'symbol:,', "nstring:é'x", 'symbol:,', 'string:y', 'symbol:,',
      'number:1.5e3', 'symbol:,', 'number:.5', 'symbol:,', 'binary:1f', 'symbol:,', 'money:12.50', 'symbol:,',
      'variable:@v', 'symbol:,', 'variable:@@ROWCOUNT', 'symbol:<>', 'word:#t', 'symbol:.', 'word:$action',
    ]); // prettier-ignore
  });

  it('takes double quotes as strings under QUOTED_IDENTIFIER OFF', () => {
    assert.deepEqual(kinds(`"a b"`, false), ['string:a b']);
  });

  it('leaves out comments, nested ones too, and keeps counting lines', () => {
    const tokens = tokenize('a -- one\n/* two /* three */\n still */ b', { quotedIdentifier: true });
    assert.deepEqual(
      tokens.map((token) => [token.value, token.line]),
      [['a', 1], ['b', 3], ['', 3]], // prettier-ignore
    );
  });

  it('knows where each token stands', () => {
    const sql = "x  =N'é'";
    for (const token of tokenize(sql, { quotedIdentifier: true })) {
      assert.equal(sql.slice(token.start, token.end), token.text);
    }
  });

  it('refuses what is not closed', () => {
    const number = (code: number) => (error: unknown) => error instanceof SqlServerError && error.number === code;
    assert.throws(() => tokenize("'abc", { quotedIdentifier: true }), number(105));
    assert.throws(() => tokenize('[abc', { quotedIdentifier: true }), number(105));
    assert.throws(() => tokenize('/* abc', { quotedIdentifier: true }), number(113));
  });
});
