import type { SecretName } from './settings/shopSecrets';
import type { EngineState } from './sync/engineState';
import type { ShopError } from './sync/errors';

/** How things stand with the shop of this window; all that a view needs to draw itself. */
export type Condition =
  /** Settings and secrets are being read. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'not configured' }
  /** A setting was edited to something that can't be; `error` names it. */
  | { readonly kind: 'settings invalid'; readonly error: ShopError }
  /** The settings are there, these passwords are not (another computer, a new profile). */
  | { readonly kind: 'sign in again'; readonly missing: readonly SecretName[] }
  | { readonly kind: 'ready'; readonly engine: EngineState; readonly intervalSeconds: number };

/** An engine that has not run yet. */
export const stoppedEngine: EngineState = {
  phase: 'stopped',
  scheduled: false,
  progress: null,
  error: null,
  lastSync: null,
  counts: null,
  captureProblems: [],
};
