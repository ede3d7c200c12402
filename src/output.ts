import type * as vscode from 'vscode';
import { logLine } from './sync/logLine';
import type { Log, LogDetails } from './sync/ports';

/** The engine's log in the output channel, a line an entry. */
export function logTo(channel: Pick<vscode.LogOutputChannel, 'debug' | 'info' | 'warn' | 'error'>): Log {
  const writer = (level: keyof Log) => (message: string, details?: LogDetails) => {
    try {
      channel[level](logLine(message, details));
    } catch {
      // VS Code closes the channel before a sync under way has ended with the window. That must not disturb the sync.
    }
  };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}
