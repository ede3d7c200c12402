/** `shopmaster watch` as a process: what it says, and how it ends. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface WatchCommand {
  /** The built command line. */
  readonly cli: string;
  readonly config: string;
  readonly passwords: Readonly<Record<string, string>>;
}

/** One line of its standard output. */
type RunLine = Readonly<Record<string, unknown>>;

export class WatchProcess {
  readonly pid: number;
  /** Resolves when it is gone, and all that it wrote is read. */
  readonly gone: Promise<void>;
  exitCode: number | null = null;
  stdout = '';
  stderr = '';
  /** Runs that it has told of. */
  runs = 0;
  killed = false;
  /** Asked to end. */
  terminated = false;
  /** Its last run found another process sending, and since then it has not taken over. */
  isWatchingAnother = false;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;
  private readonly listeners = new Set<(line: RunLine) => void>();
  private readonly takeoverListeners = new Set<() => void>();
  private unread = '';

  constructor({ cli, config, passwords }: WatchCommand) {
    this.child = spawn(process.execPath, [cli, 'watch', '--config', config, '--json', '--verbose'], {
      env: { ...process.env, ...passwords },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.child.pid === undefined) throw new Error('The command line could not be started.');
    this.pid = this.child.pid;
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.read(text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.gone = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (exitCode) => {
        this.exitCode = exitCode;
        resolve();
      });
    });
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  onRun(listener: (line: RunLine) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /** It was seen at what only the one does that sends. False: that was nothing new. */
  noteTakeover(): boolean {
    if (!this.isWatchingAnother) return false;
    this.isWatchingAnother = false;
    for (const listener of this.takeoverListeners) listener();
    return true;
  }

  onTakeover(listener: () => void): { dispose(): void } {
    this.takeoverListeners.add(listener);
    return { dispose: () => void this.takeoverListeners.delete(listener) };
  }

  /** At once, wherever it is. False: it had ended by itself. */
  kill(): boolean {
    if (!this.isAlive) return false;
    this.killed = this.child.kill('SIGKILL');
    return this.killed;
  }

  /** As a service manager does. */
  terminate(): void {
    this.terminated = this.child.kill('SIGTERM');
  }

  private read(text: string): void {
    this.stdout += text;
    this.unread += text;
    const lines = this.unread.split('\n');
    this.unread = lines.pop() ?? '';
    for (const line of lines) {
      const told = parsed(line);
      if (told === null) continue;
      this.runs += 1;
      this.isWatchingAnother = told['anotherWriter'] === true;
      for (const listener of this.listeners) listener(told);
    }
  }
}

/** Null: no JSON object. */
export function parsed(line: string): RunLine | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as RunLine) : null;
  } catch {
    return null;
  }
}
