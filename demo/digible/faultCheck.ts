/** Reads a fault that came as JSON, key by key: a mistyped fault that silently does nothing would make a test pass. */
import { calls } from './checks';
import type { Fault, FaultKind } from './faults';

type Check = (value: unknown) => boolean;

const isBoolean: Check = (value) => typeof value === 'boolean';
const isString: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isRetryAfter: Check = (value) => isCount(value) || isString(value);

const ruleKeys: Readonly<Record<string, Check>> = {
  calls: listOf(oneOf(...Object.keys(calls))),
  productIds: listOf(isString),
  times: isCount,
  probability: (value) => typeof value === 'number' && value >= 0 && value <= 1,
};

const effectKeys: Readonly<Record<FaultKind, Readonly<Record<string, Check>>>> = {
  throttled: { retryAfter: isRetryAfter },
  'html error': { applied: isBoolean },
  unavailable: { retryAfter: isRetryAfter },
  dropped: { applied: isBoolean },
  'cut off': { applied: isBoolean },
  'not json': { applied: isBoolean },
  'success false': {},
  'error in answer': {},
  refused: { status: oneOf(400, 413, 422), message: isString },
  'token revoked': {},
  'wrong password': {},
  'odd token': { token: isString },
  hanging: { afterHeaders: isBoolean, applied: isBoolean },
  'applied late': { afterMs: isCount },
  redirected: { location: isString, status: oneOf(301, 302, 307, 308) },
  answer: {
    status: (value) => isCount(value) && (value as number) >= 200 && (value as number) <= 599,
    body: (value) => isString(value) || (typeof value === 'object' && value !== null),
    applied: isBoolean,
  },
};

const required: Readonly<Partial<Record<FaultKind, readonly string[]>>> = {
  'odd token': ['token'],
  answer: ['status', 'body'],
};

export type FaultReading =
  { readonly ok: true; readonly value: Fault } | { readonly ok: false; readonly reason: string };

export function readFault(json: unknown): FaultReading {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { ok: false, reason: 'A fault is an object.' };
  const kind: unknown = Reflect.get(json, 'kind');
  if (typeof kind !== 'string' || !Object.hasOwn(effectKeys, kind))
    return { ok: false, reason: `A fault's kind is one of: ${Object.keys(effectKeys).join(', ')}.` };
  const known: Readonly<Record<string, Check>> = { ...ruleKeys, ...effectKeys[kind as FaultKind], kind: isString };
  for (const [key, value] of Object.entries(json)) {
    const check = known[key];
    if (check === undefined) return { ok: false, reason: `The fault ${kind} has no ${key}.` };
    if (!check(value)) return { ok: false, reason: `${key} of the fault ${kind} has a value that it can't have.` };
  }
  for (const key of required[kind as FaultKind] ?? [])
    if (!Object.hasOwn(json, key)) return { ok: false, reason: `The fault ${kind} needs ${key}.` };
  return { ok: true, value: json as Fault };
}
