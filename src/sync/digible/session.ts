/** The session with Digible: one token for all requests, one sign-in for all that wait for it. */
import { CatalogueFailure } from '../catalogueFailure';
import type { Clock } from '../ports';
import { retryPolicy } from '../retry';
import type { HttpExchange } from './exchange';
import { failureOfSignIn, sessionExpired, tokenInvalid } from './failures';
import { readToken, type Token } from './token';
import { isFailureReport, signInRequest, tokenIn } from './wireFormat';

export interface Account {
  readonly email: string;
  /** Asked for each time it is needed, and not kept. */
  readonly password: () => Promise<string> | string;
}

interface SharedSignIn {
  readonly outcome: Promise<Token>;
  readonly stop: AbortController;
  waiting: number;
}

/** A token is renewed this much before it runs out, or a tenth of its lifetime where that is less. */
const longestMarginMs = 30_000;

export class Session {
  /** Hidden, like a sign-in under way, from whatever prints objects: it is as good as a password. */
  #current: (Token & { readonly renewAt: number }) | null = null;
  #shared: SharedSignIn | null = null;
  private lost: CatalogueFailure | null = null;
  private hadToken = false;

  constructor(
    private readonly account: Account,
    private readonly exchange: Pick<HttpExchange, 'send'>,
    private readonly clock: Clock,
  ) {}

  /** Epoch milliseconds when the token runs out; null: there is none, or it is good until a 401. */
  get expiresAt(): number | null {
    return this.#current?.expiresAt ?? null;
  }

  /** Forgets that the session was lost, and signs in unless there is a usable token. */
  async signIn(signal: AbortSignal): Promise<void> {
    this.lost = null;
    if (this.usable() === null) await this.renewed(signal);
  }

  /** A usable token, signing in where there is none. Once the session is lost, rejects without a request. */
  async token(signal: AbortSignal): Promise<string> {
    this.checkNotLost();
    return this.usable() ?? this.renewed(signal);
  }

  /** The token that took the place of this one since, or null. */
  newerThan(refused: string): string | null {
    this.checkNotLost();
    const usable = this.usable();
    return usable === refused ? null : usable;
  }

  /** A new token in place of one that was answered with 401; all that ask for it at the same time share one sign-in. */
  async renew(refused: string, signal: AbortSignal): Promise<string> {
    this.checkNotLost();
    if (this.#current?.value === refused) this.#current = null;
    return this.usable() ?? this.renewed(signal);
  }

  /** A new token was refused like the old one: no request goes out any more until the next `signIn`. */
  lose(refused: string): CatalogueFailure {
    if (this.#current?.value === refused) this.#current = null;
    this.lost ??= sessionExpired(null);
    return this.toldLater(this.lost);
  }

  private usable(): string | null {
    return this.#current !== null && this.clock.now() < this.#current.renewAt ? this.#current.value : null;
  }

  private checkNotLost(): void {
    if (this.lost !== null) throw this.toldLater(this.lost);
  }

  /** To a session that was once valid a refused sign-in means that it has expired; before, that the password is wrong. */
  private toldLater(failure: CatalogueFailure): CatalogueFailure {
    const expired = this.hadToken && failure.kind === 'session expired' && failure.error.code !== 'session-expired';
    return expired ? sessionExpired(failure) : failure;
  }

  private async renewed(signal: AbortSignal): Promise<string> {
    try {
      return (await this.share(signal)).value;
    } catch (caught) {
      throw caught instanceof CatalogueFailure ? this.toldLater(caught) : caught;
    }
  }

  /** Joins the sign-in under way, or starts one. It ends early only when all who wait for it are cancelled. */
  private share(signal: AbortSignal): Promise<Token> {
    signal.throwIfAborted();
    const shared = (this.#shared ??= this.start());
    shared.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        shared.waiting -= 1;
        if (shared.waiting === 0) {
          if (this.#shared === shared) this.#shared = null;
          shared.stop.abort(signal.reason);
        }
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      const stay = (): void => signal.removeEventListener('abort', leave);
      shared.outcome.finally(stay).then(resolve, reject);
    });
  }

  private start(): SharedSignIn {
    const stop = new AbortController();
    const outcome = this.requestToken(stop.signal).finally(() => {
      if (this.#shared?.stop === stop) this.#shared = null;
    });
    return { outcome, stop, waiting: 0 };
  }

  private async requestToken(signal: AbortSignal): Promise<Token> {
    try {
      const token = await this.exchangeToken(signal);
      const lifetime = token.expiresAt === null ? Infinity : token.expiresAt - this.clock.now();
      const renewAt = this.clock.now() + lifetime - Math.min(longestMarginMs, lifetime / 10);
      this.#current = { ...token, renewAt };
      this.hadToken = true;
      return token;
    } catch (caught) {
      // What the policy would try again says nothing about the session.
      if (caught instanceof CatalogueFailure && !mayPass(caught)) this.lost = caught;
      throw caught;
    }
  }

  private async exchangeToken(signal: AbortSignal): Promise<Token> {
    const password = await this.account.password();
    const askedAt = this.clock.now();
    const answer = await this.exchange.send(signInRequest(this.account.email, password), signal);
    const text = answer.status === 200 && !isFailureReport(answer) ? tokenIn(answer) : null;
    if (text === null) throw failureOfSignIn(answer, [password], this.clock.now());
    const answeredAt = answer.date === null ? NaN : Date.parse(answer.date);
    const token = readToken(text, askedAt, Number.isNaN(answeredAt) ? null : answeredAt);
    if (!token.ok) throw tokenInvalid(token.reason);
    return token.value;
  }
}

/** What answers in an odd way, as a Wi-Fi's sign-in page does, is not to be given the password again and again. */
function mayPass({ kind }: CatalogueFailure): boolean {
  return retryPolicy[kind] !== undefined && kind !== 'unexpected answer';
}
