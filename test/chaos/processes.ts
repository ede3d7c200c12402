/** Every `shopmaster watch` of a storm: started, killed, and what is to be held against them afterwards. */
import { readdir, readFile, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Counter } from './counter';
import type { Journal } from './journal';
import { phaseOf, productsRead } from './phase';
import { parsed, WatchProcess } from './watchProcess';
import { shopmaster, type World } from './world';

function errorCode(line: Readonly<Record<string, unknown>> | null): string {
  const { code } = (line?.['error'] ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** A token of Digible's. */
const token = /eyJ[\w-]{5,}\.[\w-]+\.[\w-]+/;

export class Processes {
  readonly kills = new Counter();
  /** By exit code, those that ended by themselves. */
  readonly endings = new Counter();
  readonly endingsUnforeseen: string[] = [];
  readonly secretsTold: string[] = [];
  readonly oddLines: string[] = [];
  readonly tornStates: string[] = [];
  readonly captureProblems: string[] = [];
  readonly runErrors = new Counter();
  started = 0;
  syncs = 0;
  takeovers = 0;
  private readonly alive = new Map<number, WatchProcess>();

  constructor(
    private readonly world: World,
    private readonly journal: Journal,
  ) {
    world.sqlServer.faults.onStatement((text, session) => {
      if (!productsRead.test(text)) return;
      // Only who has the right to send reads products.
      const process = this.clientOf(session);
      if (process?.noteTakeover() !== true) return;
      this.takeovers += 1;
      journal.note(`process ${process.pid} has taken over`);
    });
  }

  start(): WatchProcess {
    const process = new WatchProcess(this.world.command);
    this.started += 1;
    this.journal.note(`process ${process.pid} starts`);
    this.alive.set(process.pid, process);
    process.onRun((line) => {
      this.journal.note(`process ${process.pid} tells ${JSON.stringify(line)}`);
      if (line['ok'] === true) this.syncs += 1;
      else this.runErrors.add(errorCode(line));
      const problems = line['captureProblems'];
      if (Array.isArray(problems) && problems.length > 0) this.captureProblems.push(JSON.stringify(problems));
    });
    void process.gone.then(() => {
      this.alive.delete(process.pid);
      this.examine(process);
    });
    return process;
  }

  /** Which of them has executed this statement; null: another program. */
  clientOf(session: number): WatchProcess | null {
    const connection = this.world.sqlServer.connections().find(({ processId }) => processId === session);
    return connection === undefined ? null : (this.alive.get(connection.clientProcessId) ?? null);
  }

  /** False: it had ended by itself. */
  async kill(process: WatchProcess): Promise<boolean> {
    const phase = phaseOf(process, this.world);
    if (!process.kill()) {
      await process.gone;
      return false;
    }
    this.world.digible.settleWithKill();
    this.kills.add(phase);
    this.journal.note(`process ${process.pid} KILLED while ${phase}`);
    await process.gone;
    await this.examineState();
    return true;
  }

  /** What saves that were cut short leave behind for good: files that are still there after a sync a while later. */
  async leftovers(): Promise<readonly string[]> {
    const { folder, command } = this.world;
    const hourAgo = new Date(Date.now() - 3_600_000);
    for (const name of await readdir(folder)) await utimes(path.join(folder, name), hourAgo, hourAgo);
    await shopmaster(command, 'sync');
    const known = new Set([
      path.basename(command.config),
      path.basename(this.stateFile),
      'shopmaster.confirmed',
      'dist',
    ]);
    return (await readdir(folder)).filter((name) => !known.has(name));
  }

  /** The state is whole at any moment, also where a process died while it saved. */
  private async examineState(): Promise<void> {
    try {
      const text = await readFile(this.stateFile, 'utf8');
      const told = this.forbiddenIn(text);
      if (told !== null) this.secretsTold.push(`${told} in the state file`);
      if (parsed(text) === null) this.tornStates.push(text.slice(0, 500));
    } catch (caught) {
      this.tornStates.push(String(caught));
    }
  }

  private examine(process: WatchProcess): void {
    const { pid, stdout, stderr, exitCode, killed, terminated } = process;
    const told = this.forbiddenIn(stdout) ?? this.forbiddenIn(stderr);
    if (told !== null) this.secretsTold.push(`${told}, process ${pid}`);
    const lines = stdout.split('\n');
    // The last one is empty, or was cut short by the kill.
    const whole = killed ? lines.slice(0, -1) : lines.filter((line) => line !== '');
    for (const line of whole) if (parsed(line) === null) this.oddLines.push(`process ${pid}: ${line}`);
    if (killed || terminated) return;
    this.endings.add(`exit code ${exitCode ?? 'none'}`);
    this.journal.note(`process ${pid} ended by itself with ${exitCode ?? 'no exit code'}`);
    const last = parsed(lines.filter((line) => line !== '').at(-1) ?? '');
    // Digible refused a token twice running; whoever watches over the process signs in anew.
    if (exitCode === 3 && errorCode(last) === 'session-expired') return;
    this.endingsUnforeseen.push(`process ${pid}, exit code ${exitCode ?? 'none'}: ${stderr.slice(-2_000)}`);
  }

  private forbiddenIn(text: string): string | null {
    if (this.world.secrets.some((secret) => text.includes(secret))) return 'a password';
    return token.test(text) ? 'a token' : null;
  }

  private get stateFile(): string {
    const { dir, name } = path.parse(this.world.command.config);
    return path.join(dir, `${name}.state.json`);
  }
}
