import type { LogDetails } from './ports';

/** `message key="text" key=1`, on one line whatever the details hold. */
export function logLine(message: string, details: LogDetails = {}): string {
  const pairs = Object.entries(details).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return message + pairs.join('');
}
