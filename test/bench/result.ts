/** What one scenario gave, and whether that is enough. */
import type { Measured } from './engine/measure';
import type { Usage } from './processes/sqlServer';
import type { Api } from './world';

export interface Target {
  /** E.g. `≥ 85 % of the bound`. */
  readonly text: string;
  /** Null: not judged, because the run was a small one or the figure could not be had. */
  readonly reached: boolean | null;
}

/** One row of the table. What a scenario has no figure for is null. */
export interface Result {
  readonly scenario: string;
  /** What was done, in words. */
  readonly title: string;
  readonly api: Api | null;
  /** Products sent, shown or written. */
  readonly products: number | null;
  /** Requests to Digible. */
  readonly requests: number | null;
  readonly seconds: number | null;
  /** Changes or products a second. */
  readonly perSecond: number | null;
  /** How many times as much a second as the desktop's algorithm. */
  readonly ratio: number | null;
  /** The bound that the API sets, as a share of the time it took. */
  readonly boundPercent: number | null;
  readonly peakRssMb: number | null;
  readonly loopDelayP99Ms: number | null;
  /** HTTP connections opened. */
  readonly connections: number | null;
  readonly targets: readonly Target[];
  readonly note: string;
}

const nothing: Result = {
  scenario: '',
  title: '',
  api: null,
  products: null,
  requests: null,
  seconds: null,
  perSecond: null,
  ratio: null,
  boundPercent: null,
  peakRssMb: null,
  loopDelayP99Ms: null,
  connections: null,
  targets: [],
  note: '',
};

export function resultOf(known: Pick<Result, 'scenario' | 'title'> & Partial<Result>): Result {
  return { ...nothing, ...known };
}

export function costsOf(measured: Measured): Pick<Result, 'seconds' | 'peakRssMb' | 'loopDelayP99Ms'> {
  const { seconds, peakRssBytes, loopDelayP99Ms } = measured;
  return { seconds, peakRssMb: megabytes(peakRssBytes), loopDelayP99Ms };
}

/** What the server's part was, in words. */
export function sqlNote(sql: Usage | null): string {
  return sql === null ? '' : `${sql.requests} round trips, ${sql.seconds.toFixed(1)} s at SQL Server`;
}

export function megabytes(bytes: number): number {
  return bytes / 1024 / 1024;
}

/** Seconds that the API alone takes for so many products: requests × (latency + products × cost) ÷ concurrency. */
export function boundSeconds(api: Api, products: number, perRequest: number, concurrency: number): number {
  const requests = Math.ceil(products / perRequest);
  return (requests * api.latencyMs + products * api.perProductMs) / 1000 / concurrency;
}

/** `wanted` is the least that is enough. */
export function atLeast(value: number | null, wanted: number, unit: string): Target {
  return { text: `≥ ${wanted} ${unit}`, reached: value === null ? null : value >= wanted };
}

export function below(value: number | null, limit: number, unit: string): Target {
  return { text: `< ${limit} ${unit}`, reached: value === null ? null : value < limit };
}
