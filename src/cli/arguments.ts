import { parseArgs } from 'node:util';
import { toError } from '../sync/errors';

export const commands = ['configure', 'upload', 'sync', 'watch', 'verify', 'pending', 'status', 'remove'] as const;
export type Command = (typeof commands)[number];

export interface Arguments {
  readonly command: Command;
  readonly config: string;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly plan: boolean;
  readonly discardPending: boolean;
  readonly resume: boolean;
  readonly queue: boolean;
  readonly dropLog: boolean;
  readonly sql: boolean;
}

export type ParsedArguments =
  | { readonly ask: 'help' }
  | { readonly ask: 'version' }
  | { readonly ask: 'run'; readonly arguments: Arguments }
  | { readonly ask: 'nothing sensible'; readonly reason: string; readonly json: boolean };

/** The options that only one command has. */
const commandOptions = {
  plan: 'configure',
  'discard-pending': 'configure',
  resume: 'upload',
  queue: 'verify',
  'drop-log': 'remove',
  sql: 'remove',
} as const;

export function parseArguments(argv: readonly string[]): ParsedArguments {
  const json = argv.includes('--json');
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        config: { type: 'string', default: 'shopmaster.json' },
        json: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
        plan: { type: 'boolean', default: false },
        'discard-pending': { type: 'boolean', default: false },
        resume: { type: 'boolean', default: false },
        queue: { type: 'boolean', default: false },
        'drop-log': { type: 'boolean', default: false },
        sql: { type: 'boolean', default: false },
      },
    });
  } catch (caught) {
    return { ask: 'nothing sensible', reason: firstSentence(toError(caught).message), json };
  }
  const { values, positionals } = parsed;
  if (values.version) return { ask: 'version' };
  if (values.help || (positionals.length === 0 && argv.length === 0)) return { ask: 'help' };
  const [name, ...rest] = positionals;
  const command = commands.find((known) => known === name);
  if (command === undefined) {
    const reason = name === undefined ? 'A command is missing.' : `There is no command "${name}".`;
    return { ask: 'nothing sensible', reason: `${reason} Commands: ${commands.join(', ')}.`, json };
  }
  if (rest.length > 0) return { ask: 'nothing sensible', reason: `"${rest.join(' ')}" is one word too many.`, json };
  for (const [option, owner] of Object.entries(commandOptions)) {
    if (values[option as keyof typeof commandOptions] && owner !== command) {
      return { ask: 'nothing sensible', reason: `--${option} belongs to the command "${owner}".`, json };
    }
  }
  return {
    ask: 'run',
    arguments: {
      command,
      config: values.config,
      json: values.json,
      verbose: values.verbose,
      plan: values.plan,
      discardPending: values['discard-pending'],
      resume: values.resume,
      queue: values.queue,
      dropLog: values['drop-log'],
      sql: values.sql,
    },
  };
}

/** Node.js goes on with advice about arguments that begin with a dash, which no command has. */
function firstSentence(message: string): string {
  return `${message.split(/\.\s/, 1).join('').replace(/\.$/, '')}.`;
}

export const help = `shopMaster keeps a shop's SQL Server product table in step with its catalogue in the Digible cloud.

usage: shopmaster <command> [options]

  configure             check the product table, create ChangeLog and the triggers, sign in to Digible
    --plan              only say what it would do
    --discard-pending   give up what is pending of a table configured before
  upload                send the whole product table
    --resume            go on where a failed or cancelled upload ended
  sync                  send what is pending, once
  watch                 sync now and then in the interval of the settings, until Ctrl+C
  verify                compare the product table with what Digible was last confirmed to have
    --queue             ... and write the differences to ChangeLog, so that the next sync sends them
  pending               list the first 100 changes that are not yet sent
  status                reach SQL Server and Digible, and tell how things stand
  remove                take the triggers away
    --drop-log          ... and ChangeLog with all that is pending in it
    --sql               only print the T-SQL that does it

  --config FILE         the settings (default: shopmaster.json)
  --json                one JSON object on standard output instead of text
  --verbose             a log on standard error
  --help, --version

Passwords come from the environment: SHOPMASTER_DIGIBLE_PASSWORD, SHOPMASTER_SQL_PASSWORD.
Exit code: 0 done, 1 failed, 2 wrong usage or settings, 3 session expired, 4 done but something was rejected,
5 verify found differences.
`;
