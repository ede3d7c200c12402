/**
 * Careful access to polyglot's JSON tree: a field that is set and that nobody asked for is refused, so that nothing of a
 * statement is lost without a word.
 */
import { SqlServerError } from '../../../contract';

/** Fields that say how something was written, not what it means. */
const WRITTEN_FORM = new Set([
  'span',
  'comments',
  'leading_comments',
  'trailing_comments',
  'left_comments',
  'operator_comments',
  'pre_alias_comments',
  'alias_explicit_as',
  'alias_keyword',
  'alias_first',
  'quoted',
  'double_quoted',
  'parenthesized',
  'explicit_asc',
  'use_inner_keyword',
  'use_outer_keyword',
  'nesting_group',
  'kind_text',
  'start_side_text',
  'end_side_text',
  'modifiers_inside',
  'inferred_type',
  'unit_after_size',
  'original_name',
]);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isUnset(value: unknown): boolean {
  return value === null || value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

function unexpected(what: string): SqlServerError {
  return new SqlServerError(102, `Incorrect syntax: ${what} is not supported here.`, 15);
}

export class TreeNode {
  private readonly asked = new Set<string>();

  private constructor(
    readonly kind: string,
    private readonly fields: Readonly<Record<string, unknown>>,
  ) {}

  /** A node is an object with one key, its kind. */
  static of(value: unknown): TreeNode {
    if (!isRecord(value)) throw unexpected('an empty expression');
    const [entry, ...others] = Object.entries(value);
    if (entry === undefined || others.length > 0) throw unexpected('this expression');
    const [kind, fields] = entry;
    return new TreeNode(kind, isRecord(fields) ? fields : {});
  }

  /** An object that is no node itself (a join, an identifier, a CTE). */
  static plain(kind: string, value: unknown): TreeNode {
    if (!isRecord(value)) throw unexpected(kind);
    return new TreeNode(kind, value);
  }

  raw(field: string): unknown {
    this.asked.add(field);
    return this.fields[field];
  }

  has(field: string): boolean {
    return !isUnset(this.raw(field));
  }

  flag(field: string): boolean {
    return this.raw(field) === true;
  }

  text(field: string): string {
    const value = this.raw(field);
    if (typeof value !== 'string') throw unexpected(`${this.kind}.${field}`);
    return value;
  }

  count(field: string): number {
    const value = this.raw(field);
    return typeof value === 'number' ? value : 0;
  }

  node(field: string): TreeNode {
    return TreeNode.of(this.raw(field));
  }

  optionalNode(field: string): TreeNode | undefined {
    const value = this.raw(field);
    return isUnset(value) ? undefined : TreeNode.of(value);
  }

  /** A part that is no node itself, such as `from` or `order_by`. */
  part(field: string): TreeNode | undefined {
    const value = this.raw(field);
    return isUnset(value) ? undefined : TreeNode.plain(field, value);
  }

  list(field: string): readonly unknown[] {
    const value = this.raw(field);
    if (isUnset(value)) return [];
    if (!Array.isArray(value)) throw unexpected(`${this.kind}.${field}`);
    return value as readonly unknown[];
  }

  nodes(field: string): readonly TreeNode[] {
    return this.list(field).map((value) => TreeNode.of(value));
  }

  parts(field: string): readonly TreeNode[] {
    return this.list(field).map((value) => TreeNode.plain(field, value));
  }

  /** An identifier's name; undefined where there is none. */
  name(field: string): string | undefined {
    const value = this.raw(field);
    if (isUnset(value)) return undefined;
    const name = isRecord(value) ? value['name'] : undefined;
    if (typeof name !== 'string') throw unexpected(`${this.kind}.${field}`);
    // Every name was bracketed before it was parsed: what is not is a reserved word.
    if (isRecord(value) && value['quoted'] !== true) {
      throw new SqlServerError(156, `Incorrect syntax near the keyword '${name}'.`, 15);
    }
    return name;
  }

  names(field: string): readonly string[] {
    return this.parts(field).map((part) => part.text('name'));
  }

  /** To be called when everything known has been asked for. */
  done(): void {
    for (const [field, value] of Object.entries(this.fields)) {
      if (this.asked.has(field) || WRITTEN_FORM.has(field) || isUnset(value)) continue;
      throw unexpected(`${this.kind.replaceAll('_', ' ')} with ${field.replaceAll('_', ' ')}`);
    }
  }
}
