/** Says of a value from outside whether it has a certain shape; for what crosses between host and panel. */
export type Shape<T> = (value: unknown) => value is T;

export type ShapeOf<S> = S extends Shape<infer T> ? T : never;

export const text: Shape<string> = (value) => typeof value === 'string';
export const flag: Shape<boolean> = (value) => typeof value === 'boolean';
/** A whole number from 0 on. */
export const count: Shape<number> = (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
export const nothing: Shape<null> = (value) => value === null;

export const anything: Shape<unknown> = (value): value is unknown => value !== undefined;

export function is<const T extends string | boolean>(wanted: T): Shape<T> {
  return (value): value is T => value === wanted;
}

export function oneOf<const T extends string>(...choices: readonly T[]): Shape<T> {
  const known: ReadonlySet<unknown> = new Set(choices);
  return (value): value is T => known.has(value);
}

export function either<T, U>(first: Shape<T>, second: Shape<U>): Shape<T | U> {
  return (value): value is T | U => first(value) || second(value);
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(item);
}

/** Every one of these keys, each of its shape, and no other key. */
export function record<T extends object>(shapes: { readonly [Key in keyof T]-?: Shape<T[Key]> }): Shape<T> {
  const entries = Object.entries<Shape<unknown>>(shapes);
  return (value): value is T =>
    isObject(value) &&
    Object.keys(value).every((key) => Object.hasOwn(shapes, key)) &&
    entries.every(([key, shape]) => Object.hasOwn(value, key) && shape(value[key]));
}

/** Some of these keys, each of its shape, and no other key. */
export function partial<T extends object>(shapes: { readonly [Key in keyof T]-?: Shape<T[Key]> }): Shape<Partial<T>> {
  const known = new Map(Object.entries<Shape<unknown>>(shapes));
  return (value): value is Partial<T> =>
    isObject(value) && Object.entries(value).every(([key, entry]) => known.get(key)?.(entry) === true);
}

/** Some of these keys, each of the same shape, and no other key. */
export function some<Key extends string, T>(
  keys: readonly Key[],
  shape: Shape<T>,
): Shape<Readonly<Partial<Record<Key, T>>>> {
  const known: ReadonlySet<string> = new Set(keys);
  return (value): value is Readonly<Partial<Record<Key, T>>> =>
    isObject(value) && Object.entries(value).every(([key, entry]) => known.has(key) && shape(entry));
}

/** Every one of these keys, each of the same shape, and no other key. */
export function all<Key extends string, T>(keys: readonly Key[], shape: Shape<T>): Shape<Readonly<Record<Key, T>>> {
  const entries = some(keys, shape);
  return (value): value is Readonly<Record<Key, T>> => entries(value) && Object.keys(value).length === keys.length;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
