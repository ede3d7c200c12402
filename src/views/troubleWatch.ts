/** When the user is told by itself how things stand: once when they turn bad, once when they are good again. */
import type { Condition } from '../condition';
import { phaseOf, type EngineState } from '../sync/engineState';
import type { ErrorCode, ShopError } from '../sync/errors';
import { beyondRepair, type CaptureProblem } from '../sync/model';
import type { RunResult } from '../sync/runResult';

/** What is to be told. */
export type Tidings =
  | { readonly kind: 'failed'; readonly error: ShopError }
  | { readonly kind: 'sign in again' }
  | { readonly kind: 'capture damaged'; readonly problem: CaptureProblem }
  | { readonly kind: 'recovered' };

type Trouble = 'offline' | 'sign-in' | 'settings' | 'capture' | ErrorCode;

/** The problems that a repair cures; what the login can't see may be in order. */
export function captureDamage(problems: readonly CaptureProblem[]): readonly CaptureProblem[] {
  return problems.filter(({ kind }) => !beyondRepair.has(kind));
}

export class TroubleWatch {
  /** What the user was told of since the last run that went well. */
  private readonly told = new Set<Trouble>();
  /** Whether syncs fail, or can't begin. */
  private isFailing = false;

  /** A command or a view has shown this failure, whatever it was of. */
  shown(error: ShopError): void {
    if (error.code !== 'cancelled' && error.code !== 'another-writer') this.told.add(troubleOf(error));
  }

  /** For each change of the condition; what a run leaves behind is told by `runFinished`. */
  conditionChanged(condition: Condition): Tidings | null {
    switch (condition.kind) {
      case 'not configured':
        this.allIsWell();
        return null;
      case 'sign in again':
        this.isFailing = true;
        return this.tell('sign-in', { kind: 'sign in again' });
      case 'settings invalid':
        this.isFailing = true;
        return this.tell(troubleOf(condition.error), { kind: 'failed', error: condition.error });
      case 'loading':
      case 'ready':
        return null;
    }
  }

  /** `engine`: as the run left it. What the user asked for shows its own failure, and says itself that it went well. */
  runFinished({ trigger, error }: RunResult, engine: EngineState): Tidings | null {
    // A verify asks Digible nothing, and who has asked for it sees how it ends.
    if (trigger === 'verify' || error?.code === 'cancelled' || engine.phase === 'another writer') return null;
    const failure = failureOf(engine);
    if (failure !== null) {
      this.isFailing = true;
      return trigger === 'schedule' ? this.tell(troubleOf(failure), { kind: 'failed', error: failure }) : null;
    }
    if (error !== null) return null;
    const [problem] = captureDamage(engine.captureProblems);
    if (problem !== undefined) {
      this.isFailing = true;
      return this.tell('capture', { kind: 'capture damaged', problem });
    }
    const hasRecovered = this.isFailing && this.told.size > 0;
    this.allIsWell();
    return hasRecovered && trigger === 'schedule' ? { kind: 'recovered' } : null;
  }

  private tell(trouble: Trouble, tidings: Tidings): Tidings | null {
    if (this.told.has(trouble)) return null;
    this.told.add(trouble);
    return tidings;
  }

  private allIsWell(): void {
    this.told.clear();
    this.isFailing = false;
  }
}

function failureOf({ phase, error }: EngineState): ShopError | null {
  return phase === 'offline' || phase === 'session expired' || phase === 'error' ? error : null;
}

/** Whatever keeps SQL Server or Digible from answering is one trouble; so is whatever a new sign-in cures. */
function troubleOf(error: ShopError): Trouble {
  if (phaseOf(error) === 'offline') return 'offline';
  switch (error.code) {
    case 'session-expired':
    case 'digible-login-failed':
      return 'sign-in';
    case 'settings-invalid':
      return 'settings';
    case 'capture-damaged':
      return 'capture';
    default:
      return error.code;
  }
}
