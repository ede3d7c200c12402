import { ShopError, toError } from '../sync/errors';
import { ConfirmedFile } from '../sync/confirmedFile';
import { ownerOf, StateFile } from '../sync/stateFile';
import { help, parseArguments, type Arguments, type Command } from './arguments';
import { commandRunners } from './commands';
import { confirmedFileOf, readConfig, readSecrets, stateFileOf } from './config';
import { exitCodeOf, exitCodes, type ExitCode } from './exitCodes';
import { Terminal, type Streams } from './terminal';

declare const SHOPMASTER_VERSION: string;

export interface CommandLine {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly streams: Streams;
  /** Ctrl+C: what is under way ends between two requests. */
  readonly interrupted: AbortSignal;
}

/** What a command can't do without. */
const needs: Readonly<Record<Command, { readonly digible: boolean; readonly sqlServer: boolean }>> = {
  configure: { digible: true, sqlServer: true },
  upload: { digible: true, sqlServer: true },
  sync: { digible: true, sqlServer: true },
  watch: { digible: true, sqlServer: true },
  status: { digible: true, sqlServer: true },
  verify: { digible: false, sqlServer: true },
  pending: { digible: false, sqlServer: true },
  remove: { digible: false, sqlServer: true },
};

export async function run(commandLine: CommandLine): Promise<ExitCode> {
  const { argv, streams } = commandLine;
  const parsed = parseArguments(argv);
  if (parsed.ask === 'help' || parsed.ask === 'version') {
    streams.stdout.write(parsed.ask === 'help' ? help : `${SHOPMASTER_VERSION}\n`);
    return exitCodes.done;
  }
  if (parsed.ask === 'nothing sensible') {
    new Terminal(streams, parsed.json, false).failure(
      new ShopError('settings-invalid', parsed.reason, 'See shopmaster --help.'),
    );
    return exitCodes.wrongUsage;
  }
  const { json, verbose } = parsed.arguments;
  const terminal = new Terminal(streams, json, verbose);
  try {
    return await runCommand(parsed.arguments, commandLine, terminal);
  } catch (caught) {
    const error = caught instanceof ShopError ? caught : unexpected(caught);
    terminal.log.error(error.message, { code: error.code, cause: causesOf(error) });
    terminal.failure(error);
    return exitCodeOf(error.code);
  }
}

async function runCommand(args: Arguments, commandLine: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const settings = await readConfig(args.config);
  const wanted = args.sql || args.plan ? { digible: false, sqlServer: !args.sql } : needs[args.command];
  const secrets = readSecrets(settings, commandLine.environment, wanted);
  const owner = ownerOf(settings);
  const store = new StateFile(stateFileOf(args.config), owner);
  const confirmed = new ConfirmedFile(confirmedFileOf(args.config), owner, terminal.log);
  const { openShop } = await import('../sync/shop');
  const shop = openShop({ settings, secrets, store, confirmed, log: terminal.log });
  try {
    return await commandRunners[args.command]({
      shop,
      store,
      settings,
      args,
      terminal,
      interrupted: commandLine.interrupted,
    });
  } finally {
    await shop.close();
  }
}

function unexpected(caught: unknown): ShopError {
  const error = toError(caught);
  const message = error.name === 'AbortError' ? 'Interrupted.' : `Something unexpected went wrong: ${error.message}`;
  const code = error.name === 'AbortError' ? 'cancelled' : 'internal';
  return new ShopError(code, message, 'Nothing is lost; run the command again, with --verbose to see more.', {
    cause: caught,
  });
}

function causesOf(error: Error): string {
  const causes: string[] = [];
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) causes.push(cause.message);
  return causes.join(' <- ');
}
