import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from '../manifest';

const folder = path.join(root, 'src/sync/sqlserver');
const quoting = 'quoting.ts';
const files = fs
  .readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => path.join(folder, name));
/** T-SQL, told from sentences for people by its keywords in capitals. */
const keyword =
  /\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|CREATE|ALTER|DROP|EXEC|SET|DECLARE|TRUNCATE|GRANT|IF|CASE|CAST|CONVERT|COLLATE|OBJECT_ID|HAS_PERMS_BY_NAME|AND|OR|IN)\b/;

/** Whether it can be no other text than those that stand in the source. */
function isConstant(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every(isConstant);
  return type.isLiteral() || (type.flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike)) !== 0;
}

/** Whether the text so far ends within a literal or a name in brackets: whatever follows would have to be escaped. */
function opensQuote(before: string): boolean {
  let quote: string | null = null;
  for (const sign of before.replace(/--.*$/gm, ''))
    if (quote === null) quote = sign === "'" || sign === '[' ? sign : null;
    else if (sign === (quote === '[' ? ']' : quote)) quote = null;
  return quote !== null;
}

describe('the statements', () => {
  let program: ts.Program;
  let checker: ts.TypeChecker;

  before(() => {
    const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent({ ...config, files }, ts.sys, root);
    program = ts.createProgram(files, { ...options, noEmit: true });
    checker = program.getTypeChecker();
  });

  /** Of each file, by where it stands. */
  function found(look: (node: ts.Node, report: (what: string) => void) => void): string[] {
    const reports: string[] = [];
    for (const file of files) {
      const source = program.getSourceFile(file);
      assert.ok(source, file);
      const visit = (node: ts.Node): void => {
        const report = (what: string): void => {
          const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
          reports.push(`${path.basename(file)}:${line + 1} ${what}`);
        };
        if (path.basename(file) !== quoting) look(node, report);
        ts.forEachChild(node, visit);
      };
      visit(source);
    }
    return reports;
  }

  it('hold nothing within quotes or brackets but what stands in the source: anything else is quoted in quoting.ts', () => {
    const unquoted = found((node, report) => {
      if (!ts.isTemplateExpression(node) || !keyword.test(node.getText())) return;
      let before = node.head.text;
      for (const { expression, literal } of node.templateSpans) {
        if (opensQuote(before) && !isConstant(checker.getTypeAtLocation(expression)))
          report(`\${${expression.getText()}} in quotes`);
        before += literal.text;
      }
    });
    assert.deepEqual(unquoted, []);
  });

  it('are not escaped anywhere but in quoting.ts', () => {
    const escaped = found((node, report) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      if (!/^replace(All)?$/.test(node.expression.name.text)) return;
      const [pattern, replacement] = node.arguments.map((argument) => argument.getText());
      if (/^["'`/](\\?'|\\?\])["'`/]/.test(pattern ?? '') && /''|]]/.test(replacement ?? '')) report(node.getText());
    });
    assert.deepEqual(escaped, []);
  });

  it('are put together of pieces by no +, which nobody would look into', () => {
    const added = found((node, report) => {
      if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return;
      for (const side of [node.left, node.right]) {
        const text = ts.isStringLiteralLike(side) || ts.isTemplateExpression(side) ? side.getText() : '';
        if (keyword.test(text) && /['[]["'`]$/.test(text)) report(node.getText());
      }
    });
    assert.deepEqual(added, []);
  });

  it('hold no catalog name that can’t be quoted, a collation’s, before it is checked', () => {
    const unchecked = found((node, report) => {
      if (!ts.isTemplateExpression(node)) return;
      let before = node.head.text;
      for (const { expression, literal } of node.templateSpans) {
        const checked = ts.isCallExpression(expression) && expression.expression.getText() === 'collationName';
        if (/\bCOLLATE $/.test(before) && !checked && !isConstant(checker.getTypeAtLocation(expression)))
          report(expression.getText());
        before = literal.text;
      }
    });
    assert.deepEqual(unchecked, []);
  });
});
