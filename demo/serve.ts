/** Starts only the two outside worlds and says on one line of JSON where they are; Ctrl+C ends them. */
import { parseArgs } from 'node:util';
import { optionsOrUsage, wholeNumber } from './scenario/options';
import { startWorld, type WorldOptions } from './scenario/world';

const usage =
  'usage: npm run demo:serve -- [--products N] [--sql-port N] [--digible-port N] [--latency MS] [--encrypt]';
const highestPort = 65_535;

function readOptions(): WorldOptions {
  const { values } = parseArgs({
    options: {
      products: { type: 'string', default: '1000' },
      'sql-port': { type: 'string', default: '0' },
      'digible-port': { type: 'string', default: '0' },
      latency: { type: 'string', default: '0' },
      encrypt: { type: 'boolean', default: false },
    },
  });
  return {
    products: wholeNumber('products', values.products),
    sqlPort: wholeNumber('sql-port', values['sql-port'], highestPort),
    digiblePort: wholeNumber('digible-port', values['digible-port'], highestPort),
    latencyMs: wholeNumber('latency', values.latency),
    encrypt: values.encrypt,
  };
}

async function main(): Promise<void> {
  const options = optionsOrUsage(readOptions, usage);
  if (options === null) return;
  const ended = new Promise<void>((resolve) => {
    // One Ctrl+C may come twice: from the terminal and from tsx.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  const world = await startWorld(options);
  const { baseUrl, email, password } = world.digible;
  process.stdout.write(`${JSON.stringify({ sqlServer: world.connection, digible: { baseUrl, email, password } })}\n`);
  await ended;
  await world.close();
}

main().catch((failure: unknown) => {
  process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
  process.exitCode = 1;
});
