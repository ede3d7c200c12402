/** One HTTP request and its answer, or the failure that came instead. */
import type { Agent } from 'node:http';
import { toError } from '../errors';
import type { Clock, Log } from '../ports';
import { addressOf } from './address';
import { createAgent, type ConnectionTiming } from './connections';
import { failureOfError, timedOut } from './failures';
import type { WireAnswer, WireRequest } from './wireFormat';

export interface Timing extends ConnectionTiming {
  /** Milliseconds that any answer may take … */
  readonly answerMs: number;
  /** … and more for each product in the request. */
  readonly perProductMs: number;
}

export const defaultTiming: Timing = { connectMs: 10_000, idleMs: 4_000, answerMs: 30_000, perProductMs: 500 };

/** Bytes of an answer that are read; Digible's are a few hundred. */
const longestAnswer = 1024 * 1024;

/** What the client and its session need of HTTP. */
export type HttpExchange = Pick<Exchange, 'requests' | 'send' | 'close'>;

export class Exchange {
  private readonly agent: Agent;
  private sent = 0;

  constructor(
    private readonly base: URL,
    private readonly timing: Timing,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.agent = createAgent(base.protocol, timing, clock);
  }

  /** Requests sent so far. */
  get requests(): number {
    return this.sent;
  }

  /** Ends every connection. */
  close(): void {
    this.agent.destroy();
  }

  /** Rejects with a CatalogueFailure, or with the signal's reason when aborted. */
  async send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    const started = this.clock.now();
    const note = (outcome: { status?: number; failure?: string }): void => {
      const details = { ...outcome, ms: this.clock.now() - started, products: request.products };
      const line = `${request.method} ${request.path}`;
      if (outcome.status === 200) this.log.debug(line, details);
      else this.log.warn(line, details);
    };
    try {
      const answer = await this.limited(request, signal);
      note({ status: answer.status });
      return answer;
    } catch (caught) {
      note({ failure: signal.aborted ? 'cancelled' : toError(caught).message });
      throw caught;
    }
  }

  /** The request with its time limit. */
  private async limited(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    signal.throwIfAborted();
    const limitMs = this.timing.answerMs + this.timing.perProductMs * request.products;
    const stop = new AbortController();
    const done = new AbortController();
    const state = { timedOut: false };
    const cancel = (): void => stop.abort();
    signal.addEventListener('abort', cancel, { once: true });
    this.clock.sleep(limitMs, done.signal).then(
      () => {
        state.timedOut = true;
        stop.abort();
      },
      () => undefined,
    );
    try {
      return await this.fetch(request, stop.signal);
    } catch (caught) {
      signal.throwIfAborted();
      if (state.timedOut) throw timedOut(request.call, limitMs);
      // A mistake in the program, not in the connection.
      if (caught instanceof TypeError) throw caught;
      throw failureOfError(request.call, toError(caught));
    } finally {
      done.abort();
      signal.removeEventListener('abort', cancel);
    }
  }

  private async fetch(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    // Loaded with the first request: the package is not needed before, and activation should not pay for it.
    const { default: fetch } = await import('node-fetch');
    signal.throwIfAborted();
    this.sent += 1;
    const response = await fetch(addressOf(this.base, request.path), {
      method: request.method,
      headers: request.headers,
      body: request.body,
      // A token or password must not go where a redirect points.
      redirect: 'manual',
      agent: this.agent,
      signal,
    });
    const { status, headers, body } = response;
    const { text, complete } = await readText(body, status !== 200, signal);
    return {
      status,
      text,
      complete,
      retryAfter: headers.get('retry-after'),
      date: headers.get('date'),
      location: headers.get('location'),
    };
  }
}

/** @param partly an answer whose status says it all may break off; in a 200 each byte counts */
async function readText(
  body: NodeJS.ReadableStream | null,
  partly: boolean,
  signal: AbortSignal,
): Promise<{ text: string; complete: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let complete = true;
  try {
    for await (const chunk of body ?? []) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes.subarray(0, longestAnswer - length));
      length += bytes.length;
      if (length <= longestAnswer) continue;
      complete = false;
      break;
    }
  } catch (caught) {
    if (!partly || signal.aborted) throw caught;
    complete = false;
  }
  return { text: new TextDecoder().decode(Buffer.concat(chunks)), complete };
}
