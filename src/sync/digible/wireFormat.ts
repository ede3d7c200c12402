/**
 * The one file that knows how Digible is spoken to: paths, headers, the shapes of requests and answers. The facts are those of
 * PRODUCT.md, "The Digible side".
 */
import type { SendableProduct } from '../model';

export type Call = 'sign in' | 'sync' | 'update';

export interface WireRequest {
  readonly call: Call;
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Products in the body. */
  readonly products: number;
}

export interface WireAnswer {
  readonly status: number;
  readonly text: string;
  /** False: the text ends before the answer did, because the answer is too long or the connection broke. */
  readonly complete: boolean;
  /** Headers of the answer that matter, where they are there. */
  readonly retryAfter: string | null;
  readonly date: string | null;
  readonly location: string | null;
}

const jsonHeaders = { 'content-type': 'application/json', accept: 'application/json' } as const;

export function signInRequest(email: string, password: string): WireRequest {
  return {
    call: 'sign in',
    method: 'POST',
    path: '/v1/business/account/auth/login',
    headers: jsonHeaders,
    body: JSON.stringify({ email, password }),
    products: 0,
  };
}

export function syncRequest(products: readonly SendableProduct[], token: string): WireRequest {
  return {
    call: 'sync',
    method: 'POST',
    path: '/v1/business/stores/product/sync',
    headers: { ...jsonHeaders, 'x-access-token': token },
    body: JSON.stringify(products.map(wireProduct)),
    products: products.length,
  };
}

export function updateRequest(product: SendableProduct, token: string): WireRequest {
  return {
    call: 'update',
    method: 'PUT',
    path: '/v1/business/stores/product/external/update',
    headers: { ...jsonHeaders, 'x-access-token': token },
    body: JSON.stringify(wireProduct(product)),
    products: 1,
  };
}

const wireProduct = ({ productName, sellPrice, productId }: SendableProduct) => ({
  productName,
  productPrice: sellPrice,
  productId,
});

/** Success is status 200 with a JSON body, an object or a list, that has neither `error` nor `success: false`. */
export function isConfirmation({ status, text, complete }: WireAnswer): boolean {
  if (status !== 200 || !complete) return false;
  const body = parse(text);
  return Array.isArray(body) ? body.every((part) => !reportsFailure(part)) : isObject(body) && !reportsFailure(body);
}

/** A JSON object in the body that says itself that the call failed, whatever the status. */
export function isFailureReport(answer: WireAnswer): boolean {
  return reportsFailure(parse(answer.text));
}

/** The token of a sign-in's answer, whatever it looks like; null where there is none. */
export function tokenIn(answer: WireAnswer): string | null {
  const body = parse(answer.text);
  const data = isObject(body) ? body['data'] : undefined;
  const token = isObject(data) ? data['token'] : undefined;
  return typeof token === 'string' && token !== '' ? token : null;
}

/** What the answer says for people: `message`, `error`, `errors`, of a JSON body; null where there are no such words. */
export function ownWords(answer: WireAnswer): string | null {
  const body = parse(answer.text);
  if (!isObject(body)) return null;
  const words = [...new Set(['message', 'error', 'errors'].flatMap((key) => wordsIn(body[key])))];
  return words.length === 0 ? null : words.join('; ');
}

/** Words lie about in many ways: a string, a list of them, an object with a message, an object by field. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (!isObject(value)) return [];
  for (const key of ['message', 'msg', 'error']) {
    const words = wordsIn(value[key]);
    if (words.length > 0) return words;
  }
  return Object.entries(value).flatMap(([field, inner]) => wordsIn(inner).map((words) => `${field}: ${words}`));
}

function reportsFailure(value: unknown): boolean {
  return isObject(value) && ('error' in value || value['success'] === false);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
