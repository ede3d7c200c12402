/** Server names as people write them for SQL Server: PRODUCT.md lists the forms. */
import { isIP } from 'node:net';

export interface ServerAddress {
  /** A name or an IP address; the server's own computer is `localhost`. */
  readonly host: string;
  /** TCP port. Absent: 1433, or the one that SQL Server Browser knows for the instance. */
  readonly port?: number;
  /** A named instance, to be looked up at SQL Server Browser (UDP 1434). Never there together with a port, which wins. */
  readonly instance?: string;
}

export type ParsedServerName =
  { readonly ok: true; readonly value: ServerAddress } | { readonly ok: false; readonly reason: string };

/** Names that stand for the computer itself, in Microsoft's notation. */
const thisComputer = new Set(['.', '(local)', 'localhost']);
/** The instance that has no name of its own; it listens on the default port. */
const defaultInstance = 'MSSQLSERVER';
const hostPattern = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,251}[\p{L}\p{N}_.])?$/u;
const instancePattern = /^[\p{L}_#][\p{L}\p{N}_#$-]{0,31}$/u;

/** `localhost`, `.`, `(local)`, `host`, `host,1433`, `host\INSTANCE`, `host\INSTANCE,1433`, `tcp:host,1433`, `[::1],1433`. */
export function parseServerName(text: string): ParsedServerName {
  const trimmed = text.trim();
  if (trimmed === '') return refuse('Type the name of the SQL Server, for example localhost or localhost\\SQLEXPRESS.');
  const protocol = refusedProtocol(trimmed);
  if (protocol !== undefined) return refuse(protocol);

  const [address = '', port, ...more] = trimmed.replace(/^tcp:\s*/i, '').split(',');
  if (more.length > 0) return refuse(`"${trimmed}" has more than one comma; write host,port.`);
  const [host = '', instance, ...deeper] = address.split('\\').map((part) => part.trim());
  if (deeper.length > 0) return refuse(`"${trimmed}" has more than one backslash; write host\\INSTANCE.`);

  const parsedHost = parseHost(host);
  if (!parsedHost.ok) return parsedHost;
  if (instance !== undefined && !instancePattern.test(instance))
    return refuse(`"${instance}" is no name of a SQL Server instance.`);
  if (port !== undefined) {
    const number = /^\s*\d{1,5}\s*$/.test(port) ? Number(port) : 0;
    if (number < 1 || number > 65535) return refuse(`"${port.trim()}" is no port; write a number from 1 to 65535.`);
    return { ok: true, value: { host: parsedHost.value, port: number } };
  }
  if (instance === undefined || instance.toUpperCase() === defaultInstance)
    return { ok: true, value: { host: parsedHost.value } };
  return { ok: true, value: { host: parsedHost.value, instance } };
}

/** The name that people read in messages: `localhost`, `host,1433`, `host\INSTANCE`. */
export function describeServer({ host, port, instance }: ServerAddress): string {
  if (port !== undefined) return `${host},${port}`;
  return instance === undefined ? host : `${host}\\${instance}`;
}

/** A sentence for the ways to reach SQL Server that are not TCP. */
function refusedProtocol(name: string): string | undefined {
  if (/^\(localdb\)/i.test(name))
    return 'LocalDB has no network address; use SQL Server Express or another edition, for example localhost\\SQLEXPRESS.';
  if (/^np:/i.test(name) || name.startsWith('\\\\'))
    return 'Named pipes are not supported; turn on TCP/IP for SQL Server and write host or host\\INSTANCE.';
  if (/^lpc:/i.test(name))
    return 'Shared memory is not supported; turn on TCP/IP for SQL Server and write localhost or localhost\\INSTANCE.';
  if (/^admin:/i.test(name))
    return 'The administrator connection is not for programs; write the name without "admin:".';
  return undefined;
}

function parseHost(host: string): { ok: true; value: string } | { ok: false; reason: string } {
  if (thisComputer.has(host.toLowerCase())) return { ok: true, value: 'localhost' };
  const bare = /^\[(?<address>[^\]]*)\]$/.exec(host)?.groups?.['address'] ?? host;
  if (isIP(bare) !== 0) return { ok: true, value: bare };
  const colon = /^(?<name>[^:]+):(?<port>\d+)$/.exec(host)?.groups;
  if (colon !== undefined)
    return refuse(`SQL Server wants a comma before the port: "${colon['name']},${colon['port']}".`);
  if (host === '') return refuse('The name of the computer is missing; for this computer write localhost.');
  if (/^[\d.]+$/.test(host)) return refuse(`"${host}" is no complete IP address.`);
  if (!hostPattern.test(host)) return refuse(`"${host}" is no name of a computer.`);
  return { ok: true, value: host };
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
