/** The sandbox's sessions: signed JWTs (HS256) that can run out and be revoked. */
import { randomBytes, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

export class Tokens {
  private readonly secret = randomBytes(32);
  /** The valid ones seen so far, with their `exp` in epoch seconds, so that a signature is checked once. */
  private readonly verified = new Map<string, number>();
  private readonly revoked = new Set<string>();
  private generation = 0;

  /** @param lifetimeSeconds null: tokens without `exp` */
  constructor(private readonly lifetimeSeconds: number | null) {}

  issue(email: string): Promise<string> {
    const issuedAt = Math.floor(Date.now() / 1000);
    const token = new SignJWT({ email, generation: this.generation })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt(issuedAt)
      .setJti(randomUUID());
    if (this.lifetimeSeconds !== null) token.setExpirationTime(issuedAt + this.lifetimeSeconds);
    return token.sign(this.secret);
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
    if (expires !== undefined) return Date.now() / 1000 < expires ? null : 'Token expired';
    try {
      const { payload } = await jwtVerify(token, this.secret, { algorithms: ['HS256'] });
      if (payload['generation'] !== this.generation) return 'Token revoked';
      this.verified.set(token, payload.exp ?? Infinity);
      return null;
    } catch (caught) {
      return caught instanceof errors.JWTExpired ? 'Token expired' : 'Invalid token';
    }
  }
}
