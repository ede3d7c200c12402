/** Digible: the catalogue and how it answers. A request is handled in one moment, whenever it arrives. */
import type { SendableProduct } from '../../src/sync/model';
import type { WireAnswer, WireRequest } from '../../src/sync/digible/wireFormat';
import type { Luck } from './luck';
import type { DigibleWeather } from './weather';

/** Requests that hold more products than this are too large. */
const noLimit = 200;

export class Digible {
  readonly content = new Map<string, SendableProduct>();
  /** Refused wherever they turn up, with words. */
  readonly refused = new Set<string>();
  /** Whatever holds one of them is answered with a fault of Digible's own. */
  readonly poison = new Set<string>();
  accountKnown = true;
  mostProducts = noLimit;
  /** How long a token is good, in seconds; null: until it is revoked. */
  tokenSeconds: number | null = null;
  private readonly tokens = new Set<string>();
  private tokensMade = 0;

  constructor(
    private readonly luck: Luck,
    private readonly now: () => number,
    private readonly weather: () => DigibleWeather,
  ) {}

  revokeTokens(): void {
    this.tokens.clear();
  }

  handle(request: WireRequest): WireAnswer {
    if (request.call === 'sign in') return this.signIn();
    if (!this.tokens.has(request.headers['x-access-token'] ?? '')) return answer(401, { message: 'Who are you?' });
    const products = productsOf(request);
    return this.fault(products) ?? this.verdict(request, products);
  }

  private signIn(): WireAnswer {
    if (this.luck.chance(this.weather().throttled)) return this.throttled();
    if (!this.accountKnown) return answer(401, { message: 'The email or password is wrong.' });
    const issuedAt = Math.floor(this.now() / 1000);
    const claims = this.tokenSeconds === null ? {} : { iat: issuedAt, exp: issuedAt + this.tokenSeconds };
    const token = [{ alg: 'HS256' }, { ...claims, jti: ++this.tokensMade }, {}]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    this.tokens.add(token);
    return answer(200, { message: 'Welcome.', data: { token } });
  }

  private throttled(): WireAnswer {
    const retryAfter = this.luck.pick([null, '1', '7', '45']);
    return { ...answer(429, { message: 'Slow down.' }), retryAfter };
  }

  /** What has nothing to do with these products. */
  private fault(products: readonly SendableProduct[]): WireAnswer | null {
    const { throttled, serverError, oddAnswer } = this.weather();
    const { luck } = this;
    if (luck.chance(throttled)) return this.throttled();
    if (luck.chance(serverError)) {
      // It may have got as far as some of them.
      if (luck.chance(0.3)) for (const product of products) if (luck.chance(0.5)) this.apply(product);
      return answer(luck.pick([500, 503, 408]), { message: 'Out of order.' });
    }
    if (luck.chance(oddAnswer)) {
      const odd = [{ error: 'Not today.' }, { success: false, message: 'Not today.' }, 'Please sign in to the Wi-Fi.'];
      return answer(200, luck.pick<unknown>(odd));
    }
    return null;
  }

  private verdict({ call }: WireRequest, products: readonly SendableProduct[]): WireAnswer {
    if (products.length > this.mostProducts) return answer(413, { message: 'Too much at once.' });
    if (products.some(({ productId }) => this.poison.has(productId))) return answer(500, { message: 'Oops.' });
    if (products.some(({ productId }) => this.refused.has(productId)))
      return answer(422, { message: 'One of the products is not to our taste.' });
    if (call === 'update' && products.some(({ productId }) => !this.content.has(productId)))
      return answer(404, { message: 'No such product.' });
    for (const product of products) this.apply(product);
    return answer(200, { message: 'Done.' });
  }

  private apply(product: SendableProduct): void {
    if (!this.poison.has(product.productId) && !this.refused.has(product.productId))
      this.content.set(product.productId, product);
  }
}

/** The products in the body of a request. */
export function productsOf({ call, body }: WireRequest): readonly SendableProduct[] {
  if (call === 'sign in') return [];
  const parsed = JSON.parse(body) as WireProduct | readonly WireProduct[];
  return [parsed].flat().map(({ productId, productName, productPrice }) => ({
    productId,
    productName,
    sellPrice: productPrice,
  }));
}

interface WireProduct {
  readonly productId: string;
  readonly productName: string;
  readonly productPrice: string;
}

export function answer(status: number, body: unknown): WireAnswer {
  return { status, text: JSON.stringify(body), complete: true, retryAfter: null, date: null, location: null };
}
