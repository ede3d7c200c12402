/** How much goes wrong by itself: probabilities for each request and statement. */
export interface DigibleWeather {
  /** The longest way there or back, in milliseconds. */
  readonly latencyMs: number;
  readonly unreachable: number;
  /** The connection breaks, or nothing comes within the time; the request may have been applied, may be later, or never. */
  readonly lost: number;
  /** A gateway answers 502 or 504 in Digible's place. */
  readonly gateway: number;
  readonly throttled: number;
  readonly serverError: number;
  /** 200, and no confirmation. */
  readonly oddAnswer: number;
}

export interface SqlWeather {
  readonly latencyMs: number;
  /** Lock timeouts and deadlocks that no try got through. */
  readonly busy: number;
  /** The session dies before the statement takes effect. */
  readonly dies: number;
  /** The session dies after the statement took effect, before its answer. */
  readonly diesAfter: number;
}

export interface Weather {
  readonly digible: DigibleWeather;
  readonly sql: SqlWeather;
}

const clearDigible: DigibleWeather = {
  latencyMs: 120,
  unreachable: 0,
  lost: 0,
  gateway: 0,
  throttled: 0,
  serverError: 0,
  oddAnswer: 0,
};
const clearSql: SqlWeather = { latencyMs: 4, busy: 0, dies: 0, diesAfter: 0 };

export const clear: Weather = { digible: clearDigible, sql: clearSql };

/** By name, for histories. */
export const weathers = {
  clear,
  'answers get lost': { digible: { ...clearDigible, lost: 0.35 }, sql: clearSql },
  'a slow line': { digible: { ...clearDigible, latencyMs: 25_000, lost: 0.1 }, sql: { ...clearSql, latencyMs: 400 } },
  'the line is down': { digible: { ...clearDigible, unreachable: 0.9 }, sql: clearSql },
  'Digible stumbles': {
    digible: { ...clearDigible, serverError: 0.25, throttled: 0.1, gateway: 0.1, oddAnswer: 0.05 },
    sql: clearSql,
  },
  'SQL Server stumbles': { digible: clearDigible, sql: { ...clearSql, busy: 0.1, dies: 0.06, diesAfter: 0.06 } },
  'all at once': {
    digible: {
      latencyMs: 4000,
      unreachable: 0.05,
      lost: 0.15,
      gateway: 0.05,
      throttled: 0.05,
      serverError: 0.1,
      oddAnswer: 0.02,
    },
    sql: { latencyMs: 100, busy: 0.04, dies: 0.02, diesAfter: 0.02 },
  },
} as const satisfies Readonly<Record<string, Weather>>;

export type WeatherName = keyof typeof weathers;
