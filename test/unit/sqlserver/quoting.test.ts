import assert from 'node:assert/strict';
import fc from 'fast-check';
import { quoteName, quoteQualifiedName, quoteText } from '../../../src/sync/sqlserver/quoting';

/** What SQL Server makes of an NVARCHAR expression that quoteText wrote: literals, NCHAR(0), and `+`. */
function evaluate(expression: string): string {
  const token = /N'((?:[^']|'')*)'|(NCHAR\(0\))|(CONVERT\(NVARCHAR\(MAX\), N''\))|[()]| \+ /gu;
  let value = '';
  let end = 0;
  for (const match of expression.matchAll(token)) {
    assert.equal(match.index, end, `unreadable at ${end}: ${expression}`);
    end = match.index + match[0].length;
    if (match[1] !== undefined) value += match[1].replace(/\\(\r\n|\r|\n)/g, '').replaceAll("''", "'");
    if (match[2] !== undefined) value += '\0';
  }
  assert.equal(end, expression.length, `unreadable at ${end}: ${expression}`);
  return value;
}

describe('names in T-SQL', () => {
  it('stand in brackets, a closing bracket doubled', () => {
    assert.equal(quoteName('My Items'), '[My Items]');
    assert.equal(quoteName('a]b'), '[a]]b]');
    assert.equal(quoteName("x]; DROP TABLE y--'"), "[x]]; DROP TABLE y--']");
    assert.equal(quoteQualifiedName('a', 'b.c'), '[a].[b.c]');
  });

  it('are refused where SQL Server has no such names', () => {
    for (const name of ['', 'a\0b', 'x'.repeat(129)]) assert.throws(() => quoteName(name), RangeError);
  });

  it('end only at their last bracket', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (name) => {
        fc.pre(!name.includes('\0') && name.length <= 128);
        const inside = quoteName(name).slice(1, -1);
        assert.ok(!inside.replaceAll(']]', '').includes(']'));
        assert.equal(inside.replaceAll(']]', ']'), name);
      }),
    ));
});

describe('text in T-SQL', () => {
  it('is a literal with its quotes doubled', () => {
    assert.equal(quoteText(''), "N''");
    assert.equal(quoteText("O'Brien 🍞"), "N'O''Brien 🍞'");
    assert.equal(quoteText("'; DROP TABLE x--"), "N'''; DROP TABLE x--'");
  });

  it('is cut where a literal would lose a backslash at a line’s end, or could not hold a NUL', () => {
    assert.equal(quoteText('a\\\nb'), "(N'a\\' + N'\nb')");
    assert.equal(quoteText('a\0b'), "(N'a' + NCHAR(0) + N'b')");
    assert.equal(quoteText('a\\b\n'), "N'a\\b\n'");
  });

  it('of more than 4,000 characters stays whole when it is cut', () => {
    const long = `${'x'.repeat(3000)}\\\n${'y'.repeat(3000)}`;
    assert.match(quoteText(long), /^\(CONVERT\(NVARCHAR\(MAX\), N''\) \+ /);
  });

  it('is the same text to SQL Server, whatever it is', () => {
    const nasty = fc.constantFrom("'", "''", '\\', '\n', '\r\n', '\0', '🍞', '\ud800', ']', '--', 'a');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(nasty).map((all) => all.join('')),
        ),
        (value) => assert.equal(evaluate(quoteText(value)), value),
      ),
      { numRuns: 2000 },
    );
  });
});
