/** Starts only the two outside worlds and says on one line of JSON where they are; Ctrl+C ends them. */
import { parseArgs } from 'node:util';
import { wholeNumber } from './scenario/options';
import { startWorld } from './scenario/world';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      products: { type: 'string', default: '1000' },
      'sql-port': { type: 'string', default: '0' },
      'digible-port': { type: 'string', default: '0' },
      latency: { type: 'string', default: '0' },
      encrypt: { type: 'boolean', default: false },
    },
  });
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  const world = await startWorld({
    products: wholeNumber('products', values.products),
    sqlPort: wholeNumber('sql-port', values['sql-port']),
    digiblePort: wholeNumber('digible-port', values['digible-port']),
    latencyMs: wholeNumber('latency', values.latency),
    encrypt: values.encrypt,
  });
  const { baseUrl, email, password } = world.digible;
  process.stdout.write(`${JSON.stringify({ sqlServer: world.connection, digible: { baseUrl, email, password } })}\n`);
  await ended;
  await world.close();
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
  process.exitCode = 1;
});
