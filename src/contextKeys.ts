import * as vscode from 'vscode';

/** What `when` clauses in package.json ask for, each with the values it may have. */
export interface ContextKeys {
  'shopmaster.condition': 'loading' | 'notConfigured' | 'settingsInvalid' | 'signInAgain' | 'ready';
  /** Syncs run by themselves. */
  'shopmaster.scheduled': boolean;
  /** Another window or PC syncs; this one only watches, and looks again by itself whether that is still so. */
  'shopmaster.watching': boolean;
  /** What Pending Changes found when it last looked. */
  'shopmaster.sqlServer': 'unknown' | 'reachable' | 'unreachable';
  'shopmaster.hasRejected': boolean;
  'shopmaster.hasDeleted': boolean;
  /** SQL Server and Digible have both answered a test in this window. */
  'shopmaster.connected': boolean;
  /** An upload has gone through in this window. */
  'shopmaster.uploaded': boolean;
}

export const contextKeyNames = [
  'shopmaster.condition',
  'shopmaster.scheduled',
  'shopmaster.watching',
  'shopmaster.sqlServer',
  'shopmaster.hasRejected',
  'shopmaster.hasDeleted',
  'shopmaster.connected',
  'shopmaster.uploaded',
] as const satisfies readonly (keyof ContextKeys)[];

export type SetContextKey = <Key extends keyof ContextKeys>(key: Key, value: ContextKeys[Key]) => void;

/** Sets context keys; one that has its value already costs nothing. */
export function contextKeySetter(): SetContextKey {
  const current = new Map<keyof ContextKeys, ContextKeys[keyof ContextKeys]>();
  return (key, value) => {
    if (current.get(key) === value) return;
    current.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
}
