/** What a process was at when it was killed, as the two servers saw it. */
import type { World } from './world';
import type { WatchProcess } from './watchProcess';

export const phases = [
  'starting up',
  'watching another',
  'acknowledging',
  'signing in',
  'sending',
  'reading',
  'between requests',
  'between syncs',
] as const;
export type Phase = (typeof phases)[number];

/** The statements by which shopMaster deletes what is confirmed. */
export const acknowledgement = /DELETE FROM \S+ WITH \(ROWLOCK\) WHERE LogID IN/;

/** The statements by which it reads the products that it is going to send. */
export const productsRead = /INNER JOIN \[dbo\]\.\[Products\] AS p/;

export function phaseOf(process: WatchProcess, { sqlServer, digible }: World): Phase {
  const connections = sqlServer.connections().filter(({ clientProcessId }) => clientProcessId === process.pid);
  if (connections.length === 0 && process.runs === 0) return 'starting up';
  if (process.isWatchingAnother) return 'watching another';
  const statements = connections.flatMap(({ statement }) => statement ?? []);
  if (statements.some((statement) => acknowledgement.test(statement))) return 'acknowledging';
  const calls = digible.callsInFlight;
  if (calls.has('login')) return 'signing in';
  if (calls.has('sync') || calls.has('update')) return 'sending';
  if (statements.length > 0) return 'reading';
  return process.runs === 0 ? 'between requests' : 'between syncs';
}
