/** The three calls: checked, struck by a fault or not, applied, answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { json, send, type Answer } from './answers';
import type { Catalogue, CatalogueProduct } from './catalogue';
import { checkBatch, checkCall, checkCredentials, checkJson, checkProduct } from './checks';
import type { Call, Checked, Credentials } from './checks';
import type { Fault, Faults } from './faults';
import type { Stats } from './stats';
import type { Tokens } from './tokens';

export interface Latency {
  /** Milliseconds that every call takes. */
  ms: number;
  /** Milliseconds more for each product in it. */
  perProductMs: number;
}

/** What happens to a request whose shape is right, in this order; `applied` only where the catalogue takes its products. */
export type RequestEvent =
  | { readonly kind: 'arrived'; readonly call: Call; readonly products: readonly CatalogueProduct[] }
  | { readonly kind: 'applied' }
  /** `how`: the answer's status, what took its place, or that the client went away. From then on the request is not in flight. */
  | { readonly kind: 'left'; readonly how: string };

/** Requests are numbered in the order of their arrival. */
export type RequestWatcher = (request: number, event: RequestEvent) => void;

const longestBody = 4 * 1024 * 1024;
const noProducts: readonly CatalogueProduct[] = [];

/** A request that passed the checks of its shape. */
interface ReadRequest {
  readonly call: Call;
  readonly credentials: Credentials | null;
  readonly products: readonly CatalogueProduct[];
  readonly productIds: ReadonlySet<string>;
  readonly token: string | undefined;
}

export class Calls {
  private readonly connections = new WeakSet<object>();
  private arrived = 0;

  constructor(
    private readonly account: Credentials,
    private readonly catalogue: Catalogue,
    private readonly tokens: Tokens,
    private readonly faults: Faults,
    private readonly stats: Stats,
    private readonly latency: Latency,
    private readonly watcher: RequestWatcher = () => undefined,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    const path = request.url ?? '';
    const call = checkCall(method, path);
    if (!call.ok) {
      this.stats.malformed += 1;
      send(json(call.status, { message: call.message }), request, response);
      request.resume();
      return;
    }
    if (!this.connections.has(request.socket)) {
      this.connections.add(request.socket);
      this.stats.connections += 1;
    }
    const started = performance.now();
    let productIds: ReadonlySet<string> = new Set();
    let number: number | null = null;
    let inFlight = true;
    const leave = (how: string): void => {
      if (!inFlight) return;
      inFlight = false;
      this.stats.leave(productIds);
      if (number !== null) this.watcher(number, { kind: 'left', how });
    };
    this.stats.begin(call.value);
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : null;
      const ms = Math.round(performance.now() - started);
      this.stats.end({ at: Date.now(), method, path, status, products: productIds.size, ms });
      leave('client gone');
    });

    const body = await readBody(request);
    if (body === null) return;
    const read = this.read(call.value, request, body);
    if (!read.ok) {
      this.stats.malformed += 1;
      send(json(read.status, { message: read.message }), request, response);
      return;
    }
    if (response.closed) return;
    productIds = read.value.productIds;
    this.stats.beginProducts(productIds);
    number = this.arrived += 1;
    const { products } = read.value;
    this.watcher(number, { kind: 'arrived', call: call.value, products });
    const pause = this.latency.ms + this.latency.perProductMs * products.length;
    if (pause > 0) await delay(pause, undefined, { ref: false });
    const answer = await this.answer(read.value, number);
    // From the first byte of the answer on the caller may send these products again.
    if (answer.kind !== 'hanging') leave(answer.kind === 'answer' ? String(answer.status) : answer.kind);
    send(answer, request, response);
  }

  private read(call: Call, request: IncomingMessage, body: Buffer | 'too long'): Checked<ReadRequest> {
    if (body === 'too long') return { ok: false, status: 413, message: `The body is longer than ${longestBody} bytes` };
    const parsed = checkJson(request.headers['content-type'], body);
    if (!parsed.ok) return parsed;
    const header = request.headers['x-access-token'];
    const token = Array.isArray(header) ? undefined : header;
    if (call === 'login') {
      const credentials = checkCredentials(parsed.value);
      if (!credentials.ok) return credentials;
      return {
        ok: true,
        value: { call, credentials: credentials.value, products: noProducts, productIds: new Set(), token },
      };
    }
    const products = call === 'sync' ? checkBatch(parsed.value) : asBatch(checkProduct(parsed.value));
    if (!products.ok) return products;
    const productIds = new Set(products.value.map(({ productId }) => productId));
    return { ok: true, value: { call, credentials: null, products: products.value, productIds, token } };
  }

  private async answer(read: ReadRequest, number: number): Promise<Answer> {
    if (read.credentials === null) {
      const wrong = await this.tokens.whatIsWrong(read.token);
      if (wrong !== null) return json(401, { message: wrong });
    }
    const fault = this.faults.strike(read);
    if (fault !== undefined) return this.faulty(fault, read, number);
    return read.credentials === null ? this.apply(read, number) : this.signIn(read.credentials);
  }

  private async signIn({ email, password }: Credentials): Promise<Answer> {
    if (email !== this.account.email || password !== this.account.password)
      return json(401, { message: 'Invalid email or password' });
    return json(200, { message: 'Login successful', data: { token: await this.tokens.issue(email) } });
  }

  private apply({ call, products }: ReadRequest, number: number): Answer {
    const unknown = call === 'update' ? products.find(({ productId }) => !this.catalogue.has(productId)) : undefined;
    if (unknown !== undefined) return json(404, { message: `Product ${unknown.productId} not found` });
    this.stats.productsApplied += products.length;
    this.catalogue.put(products);
    this.watcher(number, { kind: 'applied' });
    return json(200, { message: 'Products saved', data: { count: products.length } });
  }

  private faulty(fault: Fault, read: ReadRequest, number: number): Answer {
    if ('applied' in fault && fault.applied) this.apply(read, number);
    switch (fault.kind) {
      case 'throttled':
        return json(429, { message: 'Too many requests' }, retryAfter(fault.retryAfter));
      case 'unavailable':
        return json(503, { message: 'Service unavailable' }, retryAfter(fault.retryAfter));
      case 'html error':
        return { kind: 'answer', status: 500, body: errorPage };
      case 'dropped':
        return { kind: 'dropped' };
      case 'cut off':
        return {
          kind: 'cut off',
          text: JSON.stringify({ message: 'Products saved', data: { count: read.products.length } }),
        };
      case 'not json':
        return {
          kind: 'answer',
          status: 200,
          body: '<!doctype html><title>Welcome</title><p>Please sign in to the network',
        };
      case 'success false':
        return json(200, { success: false, message: 'The catalogue is closed for maintenance' });
      case 'error in answer':
        return json(200, { error: 'The catalogue is closed for maintenance' });
      case 'refused': {
        const struck = fault.productIds?.find((productId) => read.productIds.has(productId)) ?? 'unknown';
        return json(fault.status ?? 422, { message: fault.message ?? `Product ${struck} is not accepted` });
      }
      case 'token revoked':
        if (read.token !== undefined) this.tokens.revoke(read.token);
        return json(401, { message: 'Token revoked' });
      case 'wrong password':
        return json(401, { message: 'Invalid email or password' });
      case 'odd token':
        return json(200, { message: 'Login successful', data: { token: fault.token } });
      case 'hanging':
        return { kind: 'hanging', afterHeaders: fault.afterHeaders ?? false };
      case 'applied late':
        this.faults.abandon(() => void this.apply(read, number), fault.afterMs);
        return { kind: 'dropped' };
      case 'redirected':
        return json(fault.status ?? 302, { message: 'Moved' }, { location: fault.location ?? '/elsewhere' });
      case 'answer':
        return { kind: 'answer', status: fault.status, body: fault.body };
    }
  }
}

const errorPage = `<!doctype html>
<html><head><title>500 Internal Server Error</title><style>body { font-family: sans-serif }</style></head>
<body><h1>Internal Server Error</h1><p>The server encountered an unexpected condition &amp; could not go on.</p></body></html>`;

const retryAfter = (value: number | string | undefined): Record<string, string> =>
  value === undefined ? {} : { 'retry-after': String(value) };

function asBatch(checked: Checked<CatalogueProduct>): Checked<readonly CatalogueProduct[]> {
  return checked.ok ? { ok: true, value: [checked.value] } : checked;
}

/** Null: the client went away. A body that is too long is read to its end, so that the client hears the answer. */
export async function readBody(request: IncomingMessage): Promise<Buffer | 'too long' | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      length += (chunk as Buffer).length;
      if (length <= longestBody) chunks.push(chunk as Buffer);
    }
  } catch {
    return null;
  }
  return length > longestBody ? 'too long' : Buffer.concat(chunks);
}
