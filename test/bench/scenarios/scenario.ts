import type { Bench } from '../bench';
import type { Api } from '../world';

export interface Scenario {
  readonly id: string;
  /** `both`: with each latency of the API; otherwise once, with the one given. */
  readonly apis: 'both' | Api;
  /** Only when asked for: it takes many minutes. */
  readonly long?: boolean;
  run(bench: Bench, api: Api): Promise<void>;
}

/** An API far away, and one near. */
export const slowApi: Api = { latencyMs: 50, perProductMs: 1 };
export const fastApi: Api = { latencyMs: 10, perProductMs: 1 };

export function count(number: number): string {
  return number.toLocaleString('en');
}
