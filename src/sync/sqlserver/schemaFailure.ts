/** Why a change of the shop's schema failed, in sentences. */
import { ShopError } from '../errors';
import type { Clock } from '../ports';
import { serverMessagesOf } from './driverErrors';

const lockTimeout = 1222;
const deadlock = 1205;
/** "There is already an object named …": made since the look, or not visible to this login. */
const nameInUse = 2714;

/**
 * Missing rights: 229 (on an object), 262 (CREATE …), 2104 and 3704 (DROP, CREATE TRIGGER), 2760 (on a schema), 1088,
 * 3701, 4902 and 15151 (no such object, or no right to know of it), 15247.
 */
const permissionErrors: ReadonlySet<number> = new Set([229, 262, 1088, 2104, 2760, 3701, 3704, 4902, 15151, 15247]);

/** Pauses between tries while another program holds the table, ms. */
const pauses: readonly number[] = [500, 1500, 4000];

/**
 * Runs a change of the schema again, from its look at what is there on, where that may help: a lock, a deadlock, a name
 * just taken.
 */
export async function tryWhileBusy<T>(clock: Clock, signal: AbortSignal, change: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await change();
    } catch (caught) {
      signal.throwIfAborted();
      const pause = pauses[attempt];
      if (pause === undefined || !worthAnotherTry(caught)) throw caught;
      await clock.sleep(pause, signal);
    }
  }
}

function worthAnotherTry(caught: unknown): boolean {
  return serverMessagesOf(caught).some(({ number }) => [lockTimeout, deadlock, nameInUse].includes(number));
}

/** `table`: its name for people. What is no failure of the schema stays as it is. */
export function schemaFailure(cause: Error, table: string): Error {
  const messages = serverMessagesOf(cause);
  const find = (...numbers: readonly number[]) => messages.find(({ number }) => numbers.includes(number));
  if (find(lockTimeout, deadlock) !== undefined)
    return new ShopError(
      'sql-busy',
      `The table ${table} is busy: another program has it locked.`,
      'Nothing was changed. Try again in a moment, or when the shop is closed.',
      { cause, remedy: 'retry' },
    );
  const taken = find(nameInUse);
  if (taken !== undefined)
    return new ShopError(
      'triggers-not-visible',
      `Something that this login may not see has a name that shopMaster needs: ${taken.message}`,
      'Have VIEW DEFINITION on the database granted to this login, and look again.',
      { cause, remedy: 'configure' },
    );
  const denied = messages.find(({ number }) => permissionErrors.has(number));
  if (denied !== undefined)
    return new ShopError(
      'triggers-not-permitted',
      `This login may not change the triggers on ${table}: ${denied.message}`,
      'Nothing was changed. Use a login that may create tables and triggers; syncing itself needs less.',
      { cause, remedy: 'configure' },
    );
  return cause;
}
