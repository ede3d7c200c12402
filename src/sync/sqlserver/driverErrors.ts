/** What is inside an error of the driver: it comes wrapped, in several layers and several at once. */

export interface ServerMessage {
  /** SQL Server's number of it. */
  readonly number: number;
  readonly message: string;
}

/** The error itself and everything it wraps, outermost first. */
export function layersOf(caught: unknown): readonly Readonly<Record<string, unknown>>[] {
  const layers: Readonly<Record<string, unknown>>[] = [];
  const seen = new Set<unknown>();
  const queue: unknown[] = [caught];
  while (queue.length > 0) {
    const next = queue.shift();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    const layer = next as Readonly<Record<string, unknown>>;
    layers.push(layer);
    queue.push(layer['originalError'], layer['cause'], layer['info']);
    for (const key of ['errors', 'precedingErrors'])
      if (Array.isArray(layer[key])) queue.push(...(layer[key] as unknown[]));
  }
  return layers;
}

/** SQL Server's own errors among the layers, without repetitions. Over ODBC an error's code is SQL Server's number. */
export function serverMessagesOf(caught: unknown): readonly ServerMessage[] {
  const found = new Map<string, ServerMessage>();
  for (const { number: ownNumber, code, message } of layersOf(caught)) {
    const number = ownNumber ?? code;
    if (typeof number === 'number' && number > 0 && typeof message === 'string')
      found.set(`${number} ${message}`, { number, message });
  }
  return [...found.values()];
}

/** True where SQL Server chose the batch as the victim of a deadlock (error 1205): it may simply be run again. */
export function isDeadlock(caught: unknown): boolean {
  return serverMessagesOf(caught).some(({ number }) => number === 1205);
}

/** The codes of Node, OpenSSL and the driver among the layers: ECONNREFUSED, ESOCKET, ETIMEOUT, …; ODBC's SQLSTATEs too. */
export function codesOf(caught: unknown): ReadonlySet<string> {
  const codes = layersOf(caught).flatMap(({ code, sqlstate }) => [code, sqlstate]);
  return new Set(codes.filter((code) => typeof code === 'string'));
}

/** All messages of the layers, for the few failures that carry no code. */
export function wordsOf(caught: unknown): string {
  return layersOf(caught)
    .map(({ message }) => message)
    .filter((message) => typeof message === 'string')
    .join('\n');
}

/** Who reports an error over ODBC stands before it: `[Microsoft][ODBC Driver 18 for SQL Server]…`. */
const odbcReporter = /\[[^\]]*\]\[([^\]]*)\]/;

/**
 * True where the ODBC driver that was asked for is not on this computer: then Windows' driver manager answers in its stead, in
 * Windows' language, and the driver leaves its SQLSTATE (IM002) out. Every driver for SQL Server has that in its name.
 */
export function isOdbcDriverMissing(caught: unknown): boolean {
  const reporter = odbcReporter.exec(wordsOf(caught))?.[1];
  return codesOf(caught).has('IM002') || (reporter !== undefined && !reporter.includes('SQL Server'));
}
