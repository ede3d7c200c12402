/** Functions that a process of its own offers, called over Node's channel between parent and child. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

type Services<S> = { readonly [K in keyof S]: (argument: never) => Promise<unknown> };
type Argument<S extends Services<S>, K extends keyof S> = Parameters<S[K]>[0];
type Answer<S extends Services<S>, K extends keyof S> = Awaited<ReturnType<S[K]>>;

interface CallMessage {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

interface AnswerMessage {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: string;
}

/** In the child: answers its parent's calls until the parent hangs up; `end` is run then. */
export function serve<S extends Services<S>>(services: S, end: () => Promise<void>): void {
  const answer = async ({ id, name, argument }: CallMessage): Promise<void> => {
    const send = (message: AnswerMessage): void => void process.send?.(message);
    try {
      const service: (argument: never) => Promise<unknown> = services[name as keyof S];
      // The caller's types see to it that it is what the service takes.
      send({ id, value: await service(argument as never) });
    } catch (caught) {
      send({ id, failure: caught instanceof Error ? (caught.stack ?? caught.message) : String(caught) });
    }
  };
  process.on('message', (message: CallMessage) => void answer(message));
  // Ctrl+C goes to all processes of a terminal: the parent decides in which order they end.
  process.on('SIGINT', () => undefined);
  process.once('disconnect', () => {
    end().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** In the parent: the child. Whoever starts it stops it. */
export class Remote<S extends Services<S>> {
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;
  private stopping: Promise<void> | null = null;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', ({ id, value, failure }: AnswerMessage) => {
      const caller = this.waiting.get(id);
      this.waiting.delete(id);
      if (failure === undefined) caller?.resolve(value);
      else caller?.reject(new Error(failure));
    });
    child.once('exit', (code, signal) => {
      for (const { reject } of this.waiting.values())
        reject(new Error(`The process has ended (${signal ?? `exit code ${code ?? 'none'}`}).`));
      this.waiting.clear();
    });
  }

  /** @param execArgv options of Node; default: those of this process, by which it reads TypeScript */
  static start<S extends Services<S>>(file: string, execArgv: readonly string[] = process.execArgv): Remote<S> {
    return new Remote(fork(file, { execArgv: [...execArgv], serialization: 'advanced' }));
  }

  call<K extends keyof S & string>(name: K, argument: Argument<S, K>): Promise<Answer<S, K>> {
    return new Promise((resolve, reject) => {
      this.calls += 1;
      this.waiting.set(this.calls, { resolve: resolve as (value: unknown) => void, reject });
      const message: CallMessage = { id: this.calls, name, argument };
      this.child.send(message, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}
