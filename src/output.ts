import type * as vscode from 'vscode';
import { logLine } from './sync/logLine';
import type { Log } from './sync/ports';

/** The engine's log in the output channel, a line an entry. */
export function logTo(channel: vscode.LogOutputChannel): Log {
  return {
    debug: (message, details) => channel.debug(logLine(message, details)),
    info: (message, details) => channel.info(logLine(message, details)),
    warn: (message, details) => channel.warn(logLine(message, details)),
    error: (message, details) => channel.error(logLine(message, details)),
  };
}
