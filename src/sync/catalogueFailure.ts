/** How a call to the catalogue can fail, in the terms that the retry policy and the engine decide by. */
import type { ShopError } from './errors';

export type FailureKind =
  /** No connection, or it broke before anything was sent: not applied. */
  | 'unreachable'
  /** The connection broke or the time ran out after sending, or a gateway (502, 504) gave up: may be applied, even later. */
  | 'outcome unknown'
  /** 408: the server gave up reading the request. */
  | 'request timeout'
  /** 429. */
  | 'throttled'
  /** 5xx with an answer of its own. */
  | 'server error'
  /** 400 or 422: something in the products is wrong. */
  | 'refused'
  /** 413. */
  | 'too large'
  /** 404 of the update call: the product is unknown. */
  | 'product unknown'
  /** 403, 404, 405 of the product sync call: wrong address or wrong account, nothing about the products. */
  | 'not available'
  /** A 200 that is no confirmation, or any other status. */
  | 'unexpected answer'
  /** No valid session, and signing in again did not help. */
  | 'session expired';

export class CatalogueFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    /** What the user is told if it ends the run; for `refused` its message holds Digible's own words. */
    readonly error: ShopError,
    /** Milliseconds that Digible asked to wait (Retry-After). */
    readonly retryAfterMs?: number,
  ) {
    super(error.message, { cause: error });
    this.name = 'CatalogueFailure';
  }
}
