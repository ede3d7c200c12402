/** A storm's figures, and what must hold of them. */
import type { ChaosOptions } from './options';
import { phases } from './phase';
import type { Outcome } from './storm';

export function figuresOf(outcome: Outcome): readonly (readonly [figure: string, value: string])[] {
  const { verdict, processes, weather, digible, books } = outcome;
  const { requests } = digible;
  const converged = outcome.convergedSeconds;
  return [
    ['storm', `${outcome.stormSeconds.toFixed(1)} s`],
    [
      'a process to its first sync',
      `${Math.round(outcome.firstSyncMs)} ms before the storm, ${Math.round(outcome.paceMs)} ms in it`,
    ],
    ['processes started', `${processes.started}, ${processes.takeovers} took over from another`],
    ['killed (SIGKILL)', `${processes.kills.total}: ${processes.kills.toString()}`],
    ['ended by themselves', processes.endings.total === 0 ? '0' : processes.endings.toString()],
    ['syncs', `${processes.syncs}, failed: ${processes.runErrors.toString()}`],
    ["SQL Server's faults", `${weather.cuts.total}: ${weather.cuts.toString()}`],
    ["Digible's restarts", String(digible.restarts)],
    ["Digible's faults that struck", `${digible.faults.total}: ${digible.faults.toString()}`],
    ["the shop's writes, committed", `${books.committed.total}: ${books.committed.toString()}`],
    ["the shop's writes, rolled back", `${books.rolledBack.total}: ${books.rolledBack.toString()}`],
    ["the shop's slowest statement", `${Math.round(books.slowestMs)} ms`],
    ['requests', `${requests.total}: ${requests.toString()}`],
    ['largest batch', String(digible.largestBatch)],
    ['products in the table', String(verdict.products)],
    ['lost', String(verdict.lost.length)],
    ['stale', String(verdict.stale.length)],
    ['duplicates in the catalogue', String(verdict.strangers.length)],
    ['left in ChangeLog', `${verdict.pending} pending, ${verdict.deletedShown} shown as deleted`],
    ['taken for different by Verify', outcome.verification.mistaken],
    ['converged after', converged === null ? 'never' : `${converged.toFixed(1)} s`],
  ];
}

const killsForEveryPhase = 100;

export interface Check {
  readonly name: string;
  /** Empty where it holds. */
  readonly wrong: readonly string[];
}

export function checksOf(outcome: Outcome, options: ChaosOptions): readonly Check[] {
  const { verdict, processes, digible, books } = outcome;
  const { kills } = processes;
  const unless = (holds: boolean, wrong: string): readonly string[] => (holds ? [] : [wrong]);
  return [
    { name: 'the catalogue converges', wrong: unless(outcome.convergedSeconds !== null, 'It did not.') },
    { name: 'no product is lost', wrong: verdict.lost },
    { name: 'no product is stale', wrong: verdict.stale },
    { name: 'the catalogue has no entry that the shop never had', wrong: verdict.strangers },
    { name: 'nothing stays pending', wrong: unless(verdict.pending === 0, `${verdict.pending} changes`) },
    { name: 'exactly what is gone is shown as deleted', wrong: verdict.deletedWrong },
    {
      name: 'Verify finds nothing once what it took for different is sent again, and the catalogue stays equal',
      wrong: [
        ...unless(outcome.verification.mistakenAnew === 0, `${outcome.verification.mistakenAnew} products`),
        ...outcome.afterwards.lost,
        ...outcome.afterwards.stale,
      ],
    },
    { name: "the shop's writes neither fail nor wait, and lose no deadlock", wrong: books.errors },
    {
      name: 'no product is in two requests at once',
      wrong: unless(digible.collisions === 0, `${digible.collisions} times`),
    },
    {
      name: 'no request is malformed or has more than 200 products',
      wrong: [
        ...unless(digible.malformed === 0, `${digible.malformed} malformed`),
        ...unless(digible.largestBatch <= 200, `${digible.largestBatch} products`),
      ],
    },
    { name: 'the state file is whole at any moment', wrong: processes.tornStates },
    { name: 'no other file stays behind', wrong: outcome.leftovers },
    { name: 'no password and no token is written anywhere', wrong: processes.secretsTold },
    { name: 'each line on standard output is a JSON object', wrong: processes.oddLines },
    { name: 'no sound trigger is called damaged', wrong: processes.captureProblems },
    { name: 'no process ends by itself unless the session is lost', wrong: processes.endingsUnforeseen },
    {
      name: 'the last process ends when it is asked to',
      wrong: unless(outcome.lastExitCode === 0, `exit code ${outcome.lastExitCode ?? 'none'}`),
    },
    {
      name: `at least ${options.kills} processes are killed`,
      wrong: unless(kills.total >= options.kills, `${kills.total} were`),
    },
    // Where only a few are, they need not be.
    ...(options.kills < killsForEveryPhase
      ? []
      : [
          {
            name: 'processes are killed in every phase',
            wrong: phases.filter((phase) => kills.of(phase) === 0).map((phase) => `none while ${phase}`),
          },
        ]),
  ];
}
