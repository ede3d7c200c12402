/** Which addresses a password may be sent to. */
import { ShopError } from '../errors';

export type AddressReading =
  { readonly ok: true; readonly value: URL } | { readonly ok: false; readonly reason: string };

/** An address of https, or of http on this computer itself; a path is kept, a query, fragment or sign-in in it refused. */
export function readAddress(text: string): AddressReading {
  const trimmed = text.trim();
  if (trimmed === '') return refuse('The Digible address is empty.');
  // Whoever typed a name and password into it must not find them in a log.
  const shown = trimmed.replace(/^([a-z]+:)?(\/\/)?.*@/is, '$1$2***@');
  if (!URL.canParse(trimmed)) return refuse(`The Digible address ${shown} is not a web address.`);
  const url = new URL(trimmed);
  if (url.username !== '' || url.password !== '')
    return refuse('The Digible address must not hold a name or password.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuse(`The Digible address ${shown} does not begin with https.`);
  if (url.search !== '' || url.hash !== '')
    return refuse(`The Digible address ${shown} must end before any question mark or number sign.`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return refuse(`The Digible address ${shown} is not encrypted; http is for this computer alone.`);
  return { ok: true, value: url };
}

/** @throws ShopError digible-address-invalid */
export function requireAddress(text: string): URL {
  const address = readAddress(text);
  if (address.ok) return address.value;
  throw new ShopError('digible-address-invalid', address.reason, 'Use an address such as https://api.digible.one.', {
    remedy: 'configure',
  });
}

/** Where a call of the wire format goes. */
export function addressOf(base: URL, path: string): URL {
  const address = new URL(base);
  // Not resolved against the base: a path that begins with two slashes would name another host.
  address.pathname = base.pathname.replace(/\/+$/, '') + path;
  return address;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

const refuse = (reason: string) => ({ ok: false, reason }) as const;
