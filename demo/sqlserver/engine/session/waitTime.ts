/** The time of WAITFOR: `hh:mm[[:ss].mmm]`, as a delay or a time of day. */
import { SqlServerError } from '../../contract';

/** Milliseconds from `now` on. */
export function waitTime(until: 'delay' | 'time', text: string, now: Date): number {
  const match = /^\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,3}))?)?\s*$/.exec(text);
  const [hours, minutes, seconds, milliseconds] = [1, 2, 3]
    .map((part) => Number(match?.[part] ?? 0))
    .concat(Number((match?.[4] ?? '').padEnd(3, '0')));
  const valid = match !== null && (hours ?? 0) < 24 && (minutes ?? 0) < 60 && (seconds ?? 0) < 60;
  if (!valid) throw new SqlServerError(148, `Incorrect time syntax in time string '${text}' used with WAITFOR.`, 15);
  const length = (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000 + (milliseconds ?? 0);
  if (until === 'delay') return length;
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const wait = midnight + length - now.getTime();
  return wait < 0 ? wait + 86_400_000 : wait;
}
