/** What a token says about itself. Nobody but Digible can check it; here its lifetime is all that matters. */

export interface Token {
  readonly value: string;
  /** Epoch milliseconds by this PC's clock; null: good until a 401. */
  readonly expiresAt: number | null;
}

export type TokenReading =
  { readonly ok: true; readonly value: Token } | { readonly ok: false; readonly reason: string };

/**
 * Reads a JWT (RFC 7519) without checking its signature. The lifetime runs from `iat`, or else from the answer's own date, so
 * that a wrong clock of this PC does not matter; without either, from this PC's clock. A token that would have run out
 * before it came, or that has no `exp`, is good until a 401.
 *
 * @param askedAt epoch milliseconds when the sign-in was sent
 * @param answeredAt epoch milliseconds by Digible's clock (the header Date), where known
 */
export function readToken(text: string, askedAt: number, answeredAt: number | null): TokenReading {
  const [header, payload] = text.split('.');
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(text) || header === undefined || payload === undefined)
    return { ok: false, reason: 'it does not consist of three parts' };
  if (jsonObject(header) === null) return { ok: false, reason: 'its header is not JSON' };
  const claims = jsonObject(payload);
  if (claims === null) return { ok: false, reason: 'its content is not JSON' };

  const expires = milliseconds(claims['exp']);
  if (expires === null) return { ok: true, value: { value: text, expiresAt: null } };
  const lifetime = expires - (milliseconds(claims['iat']) ?? answeredAt ?? askedAt);
  return { ok: true, value: { value: text, expiresAt: lifetime > 0 ? askedAt + lifetime : null } };
}

function jsonObject(base64url: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** A claim in seconds (NumericDate) as milliseconds. */
function milliseconds(claim: unknown): number | null {
  return typeof claim === 'number' && Number.isFinite(claim) ? claim * 1_000 : null;
}
