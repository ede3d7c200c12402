/** When the user is told by itself how things stand: once when they turn bad, once when they are good again. */
import type { Condition } from '../condition';
import type { EngineState } from '../sync/engineState';
import type { ErrorCode, ShopError } from '../sync/errors';
import type { CaptureProblem } from '../sync/model';
import type { RunResult } from '../sync/runResult';

/** What is to be told. */
export type Tidings =
  | { readonly kind: 'failed'; readonly error: ShopError }
  | { readonly kind: 'sign in again' }
  | { readonly kind: 'capture damaged'; readonly problem: CaptureProblem }
  | { readonly kind: 'recovered' };

type Trouble = 'offline' | 'sign-in' | 'settings' | 'capture' | ErrorCode;

/** The problems that mean that changes may be getting lost; what the login can't see may be in order. */
export function captureDamage(problems: readonly CaptureProblem[]): readonly CaptureProblem[] {
  return problems.filter(({ kind }) => kind !== 'triggers not visible');
}

export class TroubleWatch {
  /** What the user was told of since the last run that went well. */
  private readonly told = new Set<Trouble>();

  /** For each change of the condition; what a run leaves behind is told by `runFinished`. */
  conditionChanged(condition: Condition): Tidings | null {
    switch (condition.kind) {
      case 'not configured':
        this.told.clear();
        return null;
      case 'sign in again':
        return this.tell('sign-in', { kind: 'sign in again' });
      case 'settings invalid':
        return this.tell('settings', { kind: 'failed', error: condition.error });
      case 'loading':
      case 'ready':
        return null;
    }
  }

  /** `engine`: as the run left it. What the user asked for shows its own failure, and says itself that it went well. */
  runFinished({ trigger, error }: RunResult, engine: EngineState): Tidings | null {
    if (error?.code === 'cancelled' || engine.phase === 'another writer') return null;
    const failure = failureOf(engine);
    if (failure !== null) {
      const tidings = this.tell(troubleOf(failure, engine), { kind: 'failed', error: failure });
      return trigger === 'schedule' ? tidings : null;
    }
    if (error !== null) return null;
    const [problem] = captureDamage(engine.captureProblems);
    if (problem !== undefined) return this.tell('capture', { kind: 'capture damaged', problem });
    const wasTold = this.told.size > 0;
    this.told.clear();
    return wasTold && trigger === 'schedule' ? { kind: 'recovered' } : null;
  }

  private tell(trouble: Trouble, tidings: Tidings): Tidings | null {
    if (this.told.has(trouble)) return null;
    this.told.add(trouble);
    return tidings;
  }
}

function failureOf({ phase, error }: EngineState): ShopError | null {
  return phase === 'offline' || phase === 'session expired' || phase === 'error' ? error : null;
}

/** Whatever keeps SQL Server or Digible from answering is one trouble; so is whatever a new sign-in cures. */
function troubleOf({ code }: ShopError, { phase }: EngineState): Trouble {
  if (phase === 'offline') return 'offline';
  if (phase === 'session expired' || code === 'digible-login-failed') return 'sign-in';
  return code === 'capture-damaged' ? 'capture' : code;
}
