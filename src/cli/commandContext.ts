import type { StateStore } from '../sync/ports';
import type { Settings } from '../sync/settings';
import type { Shop } from '../sync/shop';
import type { Arguments } from './arguments';
import type { ExitCode } from './exitCodes';
import type { Terminal } from './terminal';

/** What a command works with. */
export interface CommandContext {
  readonly shop: Shop;
  readonly store: StateStore;
  readonly settings: Settings;
  readonly args: Arguments;
  readonly terminal: Terminal;
  /** Ctrl+C. */
  readonly interrupted: AbortSignal;
}

export type CommandRunner = (context: CommandContext) => Promise<ExitCode>;
