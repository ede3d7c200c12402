/** The way to the host: a request is answered once, or given up after its time. */
import {
  type FromHost,
  type MethodName,
  methods,
  type PanelError,
  type PanelState,
  type Params,
  readFromHost,
  type Result,
} from '../protocol';

/** What the link needs of the browser. */
export interface Wire {
  post(message: unknown): void;
  /** Calls back once, after so many milliseconds, unless the answer was used to forget it. */
  after(ms: number, callback: () => void): () => void;
}

/** What the host says comes through a frame of the page's own origin; nobody else is listened to. */
export function fromOrigin(
  own: string,
  receive: (message: unknown) => void,
): (event: { readonly origin: string; readonly data: unknown }) => void {
  return ({ origin, data }) => {
    if (origin === own) receive(data);
  };
}

/** A request that the host refused or did not answer. */
export class RequestFailure extends Error {
  constructor(readonly error: PanelError) {
    super(error.message);
  }
}

interface Asked {
  readonly method: MethodName;
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: RequestFailure) => void;
  readonly forgetTimeout: () => void;
}

export class HostLink {
  private readonly asked = new Map<number, Asked>();
  private lastId = 0;

  constructor(
    private readonly wire: Wire,
    private readonly noAnswer: () => string,
    private readonly onState: (state: PanelState) => void,
  ) {}

  /** Rejects with a RequestFailure. */
  call<Name extends MethodName>(method: Name, params: Params<Name>): Promise<Result<Name>> {
    this.lastId += 1;
    const id = this.lastId;
    return new Promise<Result<Name>>((resolve, reject) => {
      const forgetTimeout = this.wire.after(methods[method].timeoutMs, () => this.giveUp(id));
      // `receive` has checked that a result is one of this method.
      this.asked.set(id, { method, resolve: resolve as (result: unknown) => void, reject, forgetTimeout });
      this.wire.post({ kind: 'request', id, method, params });
    });
  }

  /** A message that is none of the host's, or answers nothing that was asked, changes nothing. */
  receive(message: unknown): void {
    const read = readFromHost(message);
    if (read?.kind === 'state') this.onState(read.state);
    else if (read === null || !this.settle(read)) this.reportUnknown();
  }

  private settle(answer: FromHost & { kind: 'answer' }): boolean {
    const asked = this.asked.get(answer.id);
    if (asked === undefined) return false;
    if (answer.ok && !methods[asked.method].result(answer.result)) return false;
    this.asked.delete(answer.id);
    asked.forgetTimeout();
    if (answer.ok) asked.resolve(answer.result);
    else asked.reject(new RequestFailure(answer.error));
    return true;
  }

  private giveUp(id: number): void {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    asked?.reject(new RequestFailure({ code: 'no-answer', message: this.noAnswer(), hint: '', remedy: '' }));
  }

  private reportUnknown(): void {
    // There is nobody else to tell that nobody answers.
    this.call('reportUnknown', null).catch(() => undefined);
  }
}
