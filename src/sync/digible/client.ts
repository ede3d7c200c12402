/** The catalogue in the Digible cloud, over node-fetch. */
import { CatalogueFailure } from '../catalogueFailure';
import type { SendableProduct } from '../model';
import type { Catalogue, Clock, Log } from '../ports';
import { requireAddress } from './address';
import { defaultTiming, Exchange, type HttpExchange, type Timing } from './exchange';
import { failureOfAnswer } from './failures';
import { Session, type Account } from './session';
import { syncRequest, updateRequest, type WireRequest } from './wireFormat';

export interface DigibleOptions extends Account {
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing?: Partial<Timing>;
  /** What carries requests; default: HTTP. */
  readonly exchange?: HttpExchange;
}

export class DigibleCatalogue implements Catalogue {
  private readonly exchange: HttpExchange;
  private readonly session: Session;
  private readonly clock: Clock;

  /** @throws ShopError digible-address-invalid */
  constructor({ baseUrl, email, password, clock, log, timing, exchange }: DigibleOptions) {
    this.clock = clock;
    this.exchange = exchange ?? new Exchange(requireAddress(baseUrl), { ...defaultTiming, ...timing }, clock, log);
    this.session = new Session({ email, password }, this.exchange, clock);
  }

  get requests(): number {
    return this.exchange.requests;
  }

  /** Epoch milliseconds when the session runs out; null: there is none, or its end is not known. */
  get sessionExpiresAt(): number | null {
    return this.session.expiresAt;
  }

  signIn(signal: AbortSignal): Promise<void> {
    return this.session.signIn(signal);
  }

  sync(products: readonly SendableProduct[], signal: AbortSignal): Promise<void> {
    return this.confirmed((token) => syncRequest(products, token), signal);
  }

  update(product: SendableProduct, signal: AbortSignal): Promise<void> {
    return this.confirmed((token) => updateRequest(product, token), signal);
  }

  /** Ends every connection; requests in flight fail. */
  close(): void {
    this.exchange.close();
  }

  private async confirmed(request: (token: string) => WireRequest, signal: AbortSignal): Promise<void> {
    let token = await this.session.token(signal);
    for (let signedInAnew = false; ;) {
      const sent = request(token);
      const answer = await this.exchange.send(sent, signal);
      if (answer.status !== 401) {
        const failure = failureOfAnswer(sent.call, answer, [token], this.clock.now());
        if (failure === null) return;
        throw failure;
      }
      const newer = this.session.newerThan(token);
      if (newer !== null) {
        token = newer;
      } else if (!signedInAnew) {
        signedInAnew = true;
        token = await this.session.renew(token, signal);
      } else {
        throw this.session.lose(token);
      }
    }
  }
}

/**
 * Signs in once, for Test Connection. Resolves to when the session would run out (epoch milliseconds, null: not known);
 * rejects with a ShopError.
 */
export async function testSignIn(options: DigibleOptions, signal: AbortSignal): Promise<number | null> {
  const catalogue = new DigibleCatalogue(options);
  try {
    await catalogue.signIn(signal);
    return catalogue.sessionExpiresAt;
  } catch (caught) {
    throw caught instanceof CatalogueFailure ? caught.error : caught;
  } finally {
    catalogue.close();
  }
}
