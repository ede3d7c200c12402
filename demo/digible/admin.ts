/**
 * The sandbox's own switches over HTTP, for a process that does not hold its objects:
 *
 *     GET    /__sandbox/faults            the faults in force, with their hits
 *     POST   /__sandbox/faults            adds one (a Fault as JSON): 201 {"id"}
 *     DELETE /__sandbox/faults[/ID]       takes one away, or all
 *     POST   /__sandbox/seed              {"seed": 1}
 *     POST   /__sandbox/revoke-tokens     no token is valid any longer
 *     POST   /__sandbox/apply-abandoned   applies what 'applied late' kept back: {"applied"}
 *     POST   /__sandbox/latency           {"ms": 0, "perProductMs": 0}
 *     GET    /__sandbox/stats             the counters
 *     DELETE /__sandbox/stats             counts from zero again
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, send, type Answer } from './answers';
import { readBody, type Latency } from './calls';
import { checkJson } from './checks';
import { readFault } from './faultCheck';
import type { Faults } from './faults';
import type { Stats } from './stats';
import type { Tokens } from './tokens';

export const adminPrefix = '/__sandbox/';

export class Admin {
  constructor(
    private readonly faults: Faults,
    private readonly stats: Stats,
    private readonly tokens: Tokens,
    private readonly latency: Latency,
  ) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (body === null) return;
    const [what = '', id] = (request.url ?? '').slice(adminPrefix.length).split('/');
    send(this.answer(`${request.method ?? ''} ${what}`, id, request, body), request, response);
  }

  private answer(action: string, id: string | undefined, request: IncomingMessage, body: Buffer | 'too long'): Answer {
    switch (action) {
      case 'GET faults':
        return json(200, { faults: this.faults.list.map(({ id, fault, hits }) => ({ id, fault, hits })) });
      case 'DELETE faults':
        return this.removeFaults(id);
      case 'GET stats':
        return json(200, this.stats);
      case 'DELETE stats':
        this.stats.reset();
        return json(200, this.stats);
      case 'POST revoke-tokens':
        this.tokens.revokeAll();
        return json(200, { message: 'No token is valid any longer.' });
      case 'POST apply-abandoned':
        return json(200, { applied: this.faults.applyAbandoned() });
    }
    if (body === 'too long') return json(413, { message: 'The body is too long.' });
    switch (action) {
      case 'POST faults':
        return withJson(request, body, (value) => this.addFault(value));
      case 'POST seed':
        return withJson(request, body, (value) => {
          const [seed] = readNumbers(value, ['seed']);
          if (seed === undefined) return json(400, { message: 'A seed is a number: {"seed": 1}.' });
          this.faults.seed(seed);
          return json(200, { seed });
        });
      case 'POST latency':
        return withJson(request, body, (value) => {
          const [ms, perProductMs] = readNumbers(value, ['ms', 'perProductMs']);
          if (ms === undefined || perProductMs === undefined)
            return json(400, { message: 'The latency is {"ms": 0, "perProductMs": 0}.' });
          return json(200, Object.assign(this.latency, { ms, perProductMs }));
        });
      default:
        return json(404, { message: `The sandbox has no ${action}.` });
    }
  }

  private addFault(value: unknown): Answer {
    const fault = readFault(value);
    return fault.ok ? json(201, { id: this.faults.add(fault.value).id }) : json(400, { message: fault.reason });
  }

  private removeFaults(id: string | undefined): Answer {
    if (id === undefined) {
      this.faults.clear();
      return json(200, { message: 'There is no fault any longer.' });
    }
    const fault = this.faults.find(Number(id));
    if (fault === undefined) return json(404, { message: `There is no fault ${id}.` });
    fault.remove();
    return json(200, { id: fault.id, hits: fault.hits });
  }
}

function withJson(request: IncomingMessage, body: Buffer, then: (value: unknown) => Answer): Answer {
  const parsed = checkJson(request.headers['content-type'], body);
  return parsed.ok ? then(parsed.value) : json(parsed.status, { message: parsed.message });
}

/** The values of exactly these keys where each is a number of at least 0; nothing otherwise. */
function readNumbers(value: unknown, keys: readonly string[]): readonly number[] {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== keys.length) return [];
  const numbers = keys.map((key): unknown => Reflect.get(value, key));
  const isAmount = (number: unknown): number is number => typeof number === 'number' && number >= 0;
  return numbers.every(isAmount) ? numbers : [];
}
