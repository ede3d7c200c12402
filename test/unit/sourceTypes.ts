/** What a source file declares, read without running it: files that import `vscode` run in VS Code only. */
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './manifest';

/** The texts of `export const name = ['…', …] as const`. */
export function textList(file: string, name: string): string[] {
  const declaration = find(sourceFile(file), ts.isVariableDeclaration, name);
  return textsUnder(declaration);
}

/** The literal texts that each member of an interface may have: `{ 'key': 'a' | 'b' }` is `key -> [a, b]`. */
export function memberTexts(file: string, name: string): ReadonlyMap<string, readonly string[]> {
  const declaration = find(sourceFile(file), ts.isInterfaceDeclaration, name);
  return new Map(
    declaration.members.filter(ts.isPropertySignature).map((member) => {
      const key = ts.isStringLiteral(member.name) ? member.name.text : member.name.getText();
      return [key, member.type === undefined ? [] : textsUnder(member.type)];
    }),
  );
}

function sourceFile(file: string): ts.SourceFile {
  return ts.createSourceFile(file, fs.readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
}

function find<Node extends ts.NamedDeclaration>(
  source: ts.SourceFile,
  isWanted: (node: ts.Node) => node is Node,
  name: string,
): Node {
  const search = (node: ts.Node): Node | undefined =>
    isWanted(node) && node.name?.getText() === name ? node : ts.forEachChild(node, search);
  const found = search(source);
  if (found === undefined) throw new Error(`${source.fileName} declares no ${name}`);
  return found;
}

function textsUnder(node: ts.Node): string[] {
  const texts: string[] = [];
  const collect = (inner: ts.Node): void => {
    if (ts.isStringLiteral(inner)) texts.push(inner.text);
    ts.forEachChild(inner, collect);
  };
  collect(node);
  return texts;
}
