/**
 * The strict checks of a request's shape: method and path, content type, JSON, keys, types. PRODUCT.md's table of calls is
 * the measure; whatever it does not name is refused.
 */
import type { CatalogueProduct } from './catalogue';

export type Call = 'login' | 'sync' | 'update';

export const calls: Readonly<Record<Call, { readonly method: string; readonly path: string }>> = {
  login: { method: 'POST', path: '/v1/business/account/auth/login' },
  sync: { method: 'POST', path: '/v1/business/stores/product/sync' },
  update: { method: 'PUT', path: '/v1/business/stores/product/external/update' },
};

export const mostProducts = 200;

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: number; readonly message: string };

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

const refuse = (status: number, message: string) => ({ ok: false, status, message }) as const;

/** @param target path and query as they stand in the request line */
export function checkCall(method: string, target: string): Checked<Call> {
  for (const [call, { method: expected, path }] of Object.entries(calls))
    if (target === path)
      return method === expected
        ? { ok: true, value: call as Call }
        : refuse(405, `${path} takes ${expected}, not ${method}`);
  return refuse(404, `Cannot ${method} ${target}`);
}

export function checkJson(contentType: string | undefined, body: Buffer): Checked<unknown> {
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(contentType ?? ''))
    return refuse(415, 'The content type must be application/json');
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return refuse(400, 'The body is not JSON in UTF-8');
  }
}

export function checkCredentials(body: unknown): Checked<Credentials> {
  const wrong = whatIsWrongWith(body, ['email', 'password']);
  return wrong === null ? { ok: true, value: body as Credentials } : refuse(400, `The sign-in ${wrong}`);
}

export function checkBatch(body: unknown): Checked<readonly CatalogueProduct[]> {
  if (!Array.isArray(body)) return refuse(400, 'The body must be an array of products');
  if (body.length === 0) return refuse(400, 'The array of products is empty');
  if (body.length > mostProducts) return refuse(413, `At most ${mostProducts} products at once, not ${body.length}`);
  const seen = new Set<string>();
  for (const [index, product] of body.entries()) {
    const checked = checkProduct(product, `Product ${index + 1}`);
    if (!checked.ok) return checked;
    const { productId } = checked.value;
    if (seen.has(productId)) return refuse(400, `productId ${productId} is there twice`);
    seen.add(productId);
  }
  return { ok: true, value: body as CatalogueProduct[] };
}

export function checkProduct(body: unknown, name = 'The product'): Checked<CatalogueProduct> {
  const wrong = whatIsWrongWith(body, ['productId', 'productName', 'productPrice']);
  if (wrong !== null) return refuse(400, `${name} ${wrong}`);
  const product = body as CatalogueProduct;
  if (product.productId === '') return refuse(400, `${name} has an empty productId`);
  if (!/^-?\d+(\.\d+)?$/.test(product.productPrice))
    return refuse(400, `productPrice of product ${product.productId} is not a decimal number`);
  return { ok: true, value: product };
}

function whatIsWrongWith(body: unknown, keys: readonly string[]): string | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'is not an object';
  for (const key of keys) if (!Object.hasOwn(body, key)) return `has no ${key}`;
  for (const [key, value] of Object.entries(body)) {
    if (!keys.includes(key)) return `has an unknown key ${key}`;
    if (typeof value !== 'string') return `has a ${key} that is not a string`;
  }
  return null;
}
