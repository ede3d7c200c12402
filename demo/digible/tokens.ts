/** The sandbox's sessions: signed JWTs (HS256) that can run out and be revoked. */
import { randomBytes, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

/** How tokens are issued from now on, and by which clock the sandbox lives. */
export interface TokenTerms {
  /** Seconds from sign-in to `exp`; null: without `exp`. */
  lifetimeSeconds: number | null;
  /** Whether a token says by `iat` when it was issued. */
  issuedAt: boolean;
  /** Seconds that the sandbox's clock is ahead of this machine's; negative: behind. */
  clockAheadSeconds: number;
}

export class Tokens {
  /** The valid ones seen so far, with their `exp` in epoch seconds, so that a signature is checked once. */
  private readonly verified = new Map<string, number>();
  private readonly revoked = new Set<string>();
  private generation = 0;

  /** @param key of the signatures: who has the same one takes the same tokens */
  constructor(
    private readonly terms: TokenTerms,
    private readonly key: Uint8Array = randomBytes(32),
  ) {}

  /** Epoch seconds by the sandbox's clock. */
  private get now(): number {
    return Date.now() / 1000 + this.terms.clockAheadSeconds;
  }

  issue(email: string): Promise<string> {
    const { lifetimeSeconds, issuedAt } = this.terms;
    const now = Math.floor(this.now);
    const token = new SignJWT({ email, generation: this.generation })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setJti(randomUUID());
    if (issuedAt) token.setIssuedAt(now);
    if (lifetimeSeconds !== null) token.setExpirationTime(now + lifetimeSeconds);
    return token.sign(this.key);
  }

  revoke(token: string): void {
    this.revoked.add(token);
  }

  /** No token that exists now is valid any longer. */
  revokeAll(): void {
    this.generation += 1;
    this.verified.clear();
  }

  /** Null where the token is valid, otherwise what is wrong with it, in Digible's words. */
  async whatIsWrong(token: string | undefined): Promise<string | null> {
    if (token === undefined || token === '') return 'No token provided';
    if (this.revoked.has(token)) return 'Token revoked';
    const expires = this.verified.get(token);
    if (expires !== undefined) return this.now < expires ? null : 'Token expired';
    try {
      const currentDate = new Date(this.now * 1000);
      const { payload } = await jwtVerify(token, this.key, { algorithms: ['HS256'], currentDate });
      if (payload['generation'] !== this.generation) return 'Token revoked';
      this.verified.set(token, payload.exp ?? Infinity);
      return null;
    } catch (caught) {
      return caught instanceof errors.JWTExpired ? 'Token expired' : 'Invalid token';
    }
  }
}
