/**
 * Finds what the extension says in the user's language: every call `….l10n.t(…)`, be it of `vscode.l10n` or of an `L10n` that was handed
 * in (src/l10n.ts), which @vscode/l10n-dev does not see.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** What VS Code reads as `bundle.l10n.json`: by the sentence, and by its comment if it has one. */
export type Bundle = Readonly<
  Record<string, string | { readonly message: string; readonly comment: readonly string[] }>
>;

export interface Sentences {
  /** In the order of the alphabet, so that a new sentence is one new line. */
  readonly bundle: Bundle;
  /** What a translator would trip over, each after its place: `src/views/times.ts:25: …`. */
  readonly problems: readonly string[];
}

interface Sentence {
  readonly message: string;
  readonly comment: readonly string[];
  /** How many values the call has for the places; null where it is not to be seen. */
  readonly values: number | null;
}

/** In every TypeScript file below a folder; files are named from `root` on. */
export function sentencesIn(root: string, folder: string): Sentences {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join(folder, ...file.split(path.sep)))
    .sort();
  return sentencesOf(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
}

/** @param files name and text of each */
export function sentencesOf(files: readonly (readonly [name: string, text: string])[]): Sentences {
  const found = new Map<string, Bundle[string]>();
  const problems: string[] = [];
  for (const [name, text] of files) {
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    const complain = (node: ts.Node, problem: string): void => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      problems.push(`${name}:${line + 1}: ${problem}`);
    };
    const visit = (node: ts.Node): void => {
      if (isHidden(node)) complain(node, 'l10n under another name: its sentences would not be found.');
      if (isSaying(node)) {
        const sentence = ts.isCallExpression(node.parent) && node.parent.expression === node ? read(node.parent) : null;
        if (sentence === null) complain(node, 'the sentence is not there as one plain text.');
        else {
          const { message, comment } = sentence;
          const key = comment.length === 0 ? message : `${message}/${comment.join('')}`;
          found.set(key, comment.length === 0 ? message : { message, comment });
          const problem = placeProblem(sentence);
          if (problem !== '') complain(node, problem);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { bundle: Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))), problems };
}

/** `vscode.l10n.t`, `this.l10n.t`, `l10n.t`. */
function isSaying(node: ts.Node): node is ts.PropertyAccessExpression {
  return ts.isPropertyAccessExpression(node) && node.name.text === 't' && isL10n(node.expression);
}

function isL10n(node: ts.Node | undefined): boolean {
  if (node === undefined) return false;
  return ts.isPropertyAccessExpression(node)
    ? node.name.text === 'l10n'
    : ts.isIdentifier(node) && node.text === 'l10n';
}

/** Whether something is made here whose calls would go unseen. */
function isHidden(node: ts.Node): boolean {
  if (ts.isBindingElement(node))
    return node.propertyName !== undefined && isL10n(node.propertyName) && !isL10n(node.name);
  if (ts.isVariableDeclaration(node) && isL10n(node.initializer)) return !isL10n(node.name);
  const isTyped = ts.isParameter(node) || ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node);
  return (isTyped || ts.isPropertySignature(node)) && node.type?.getText() === 'L10n' && !isL10n(node.name);
}

/** Null where the sentence is put together only when it is said. */
function read({ arguments: [first, ...values] }: ts.CallExpression): Sentence | null {
  if (first === undefined) return null;
  if (ts.isStringLiteralLike(first)) return { message: first.text, comment: [], values: countOf(values) };
  if (!ts.isObjectLiteralExpression(first)) return null;
  const part = (name: string): ts.Expression | undefined =>
    first.properties.filter(ts.isPropertyAssignment).find((property) => property.name.getText() === name)?.initializer;
  const [message, comment, args] = [part('message'), part('comment'), part('args')];
  if (message === undefined || !ts.isStringLiteralLike(message)) return null;
  const written = comment !== undefined && ts.isArrayLiteralExpression(comment) ? [...comment.elements] : [comment];
  const comments = written.filter((part) => part !== undefined);
  if (!comments.every((part) => ts.isStringLiteralLike(part))) return null;
  const listed = args !== undefined && ts.isArrayLiteralExpression(args) ? countOf(args.elements) : null;
  return {
    message: message.text,
    comment: comments.map(({ text }) => text),
    values: args === undefined ? 0 : listed,
  };
}

function countOf(values: readonly ts.Expression[]): number | null {
  return values.some(ts.isSpreadElement) ? null : values.length;
}

/** Empty where every value has its place, and every place its value. */
function placeProblem({ message, values }: Sentence): string {
  const places = new Set([...message.matchAll(/\{([^}]*)\}/g)].map(([, place]) => place ?? ''));
  const gap = [...places.keys()].some((_place, index) => !places.has(String(index)));
  if (gap) return `its places are not {0}, {1} and so on: ${message}`;
  if (values === null) return `how many values it has is not to be seen: ${message}`;
  return values === places.size ? '' : `${values} values for ${places.size} places: ${message}`;
}
