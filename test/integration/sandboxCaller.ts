import type { CatalogueProduct, DigibleSandbox } from '../../demo/digible/sandbox';

export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed text where it is JSON. */
  readonly json: Record<string, unknown> | undefined;
}

/** Calls the sandbox with a client of its own, so that its checks are not tested by what they are there to check. */
export class SandboxCaller {
  token: string | null = null;

  constructor(private readonly sandbox: DigibleSandbox) {}

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Heard> {
    const response = await fetch(this.sandbox.baseUrl + path, {
      method,
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        ...(this.token === null ? {} : { 'x-access-token': this.token }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as Record<string, unknown>) : undefined,
    };
  }

  async signIn(email = this.sandbox.email, password = this.sandbox.password): Promise<Heard> {
    const heard = await this.request('POST', '/v1/business/account/auth/login', { email, password });
    const data = heard.json?.['data'] as { token?: string } | undefined;
    this.token = data?.token ?? null;
    return heard;
  }

  sync(body: unknown, headers: Record<string, string> = {}): Promise<Heard> {
    return this.request('POST', '/v1/business/stores/product/sync', body, headers);
  }

  update(body: unknown): Promise<Heard> {
    return this.request('PUT', '/v1/business/stores/product/external/update', body);
  }
}

export const product = (productId: string, productPrice = '12.50'): CatalogueProduct => ({
  productId,
  productName: `Product ${productId}`,
  productPrice,
});

export const batch = (count: number, first = 1): CatalogueProduct[] =>
  Array.from({ length: count }, (_, index) => product(String(first + index)));
