/** HTTP as one process sees it. */
import { failureOfError, timedOut } from '../../src/sync/digible/failures';
import { defaultTiming, type HttpExchange } from '../../src/sync/digible/exchange';
import type { WireAnswer, WireRequest } from '../../src/sync/digible/wireFormat';
import { answer as answerOf } from './digible';
import type { EngineProcess } from './engineProcess';
import type { Flight } from './network';
import type { Due } from './timeline';
import type { World } from './world';

export class Wire implements HttpExchange {
  requests = 0;
  private closed = false;
  private readonly breakOff = new Set<() => void>();

  constructor(
    private readonly world: World,
    private readonly process: EngineProcess,
  ) {}

  send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    return this.process.port(() => {
      signal.throwIfAborted();
      if (this.closed) throw failureOfError(request.call, error('ECONNRESET'));
      this.requests += 1;
      const flight = this.world.network.launch(this.process.name, request);
      this.world.watch.requestStarts(this.process, flight);
      return this.exchange(flight, signal);
    });
  }

  close(): void {
    this.closed = true;
    this.die();
  }

  /** Every request under way is given up, as it is when the program ends. */
  die(): void {
    for (const stop of [...this.breakOff]) stop();
    this.world.network.sessionEnded(this.process.name);
  }

  private exchange(flight: Flight, signal: AbortSignal): Promise<WireAnswer> {
    const { network } = this.world;
    return new Promise((resolve, reject) => {
      const timers: Due[] = [];
      const leave = (): void => {
        for (const timer of timers) timer.cancelled = true;
        signal.removeEventListener('abort', aborted);
        this.breakOff.delete(broken);
      };
      const fail = (reason: Error): void => {
        leave();
        network.giveUp(flight);
        reject(reason);
      };
      const aborted = (): void => fail(signal.reason as Error);
      const broken = (): void => fail(failureOfError(flight.request.call, error('ECONNRESET')));
      signal.addEventListener('abort', aborted, { once: true });
      this.breakOff.add(broken);
      const answered = (answer: WireAnswer): void => {
        leave();
        // A gateway that gives up says nothing about Digible.
        if (gatewayStatuses.includes(answer.status)) network.giveUp(flight);
        else network.over(flight);
        this.world.watch.answered(this.process, flight, answer);
        if (flight.request.call === 'sign in' && answer.status === 200) network.settleOrphans();
        resolve(answer);
      };
      this.travel(flight, { answered, fail, after: (ms, then) => timers.push(this.world.timeline.after(ms, then)) });
    });
  }

  /** Draws what becomes of a request that nobody breaks off. */
  private travel(flight: Flight, { answered, fail, after }: Client): void {
    const { luck, network, weather } = this.world;
    const { latencyMs, unreachable, lost, gateway } = weather.digible;
    const { call } = flight.request;
    const [there, back] = [luck.between(1, latencyMs), luck.between(1, latencyMs)];
    const limitMs = defaultTiming.answerMs + defaultTiming.perProductMs * flight.products.length;
    after(limitMs, () => fail(timedOut(call, limitMs)));
    if (luck.chance(unreachable)) {
      after(there, () => {
        network.over(flight);
        fail(failureOfError(call, error('ECONNREFUSED')));
      });
      return;
    }
    const byGateway = luck.chance(gateway);
    if (!byGateway && !luck.chance(lost)) {
      network.arrive(flight, there, (answer) => after(back, () => answered(answer)));
      return;
    }
    // Digible's own answer never comes back.
    if (luck.chance(0.7)) network.arrive(flight, luck.between(1, 2 * (there + back)), () => undefined);
    if (byGateway)
      after(there + back, () => answered(answerOf(luck.pick(gatewayStatuses), 'No answer from upstream.')));
    else if (luck.chance(0.5)) after(there + back, () => fail(failureOfError(call, error('ECONNRESET'))));
  }
}

/** What happens to the client of one request. */
interface Client {
  readonly answered: (answer: WireAnswer) => void;
  readonly fail: (reason: Error) => void;
  /** Unless the request is over by then. */
  readonly after: (ms: number, then: () => void) => void;
}

const gatewayStatuses: readonly number[] = [502, 504];

function error(code: string): Error {
  return Object.assign(new Error(code), { code });
}
