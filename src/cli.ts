#!/usr/bin/env node
/** The engine without VS Code, for servers, scheduled tasks and tests. */
import { takePasswords } from './cli/config';
import { run } from './cli/run';

// What Node.js finds old-fashioned in a package is nothing for those who run this.
process.noDeprecation = true;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second one ends the process the usual way.
  process.once(signal, () => interrupted.abort(new DOMException(`${signal} received`, 'AbortError')));
}

void run({
  argv: process.argv.slice(2),
  environment: takePasswords(process.env),
  streams: process,
  interrupted: interrupted.signal,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
