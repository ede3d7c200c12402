/** One request while it is being executed. */
import type { ResultSink } from '../../contract';
import { Cancelled } from './failures';

export interface Execution {
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
}

export function throwIfCancelled({ signal }: Pick<Execution, 'signal'>): void {
  if (signal.aborted) throw new Cancelled();
}
