/** Batches that lost a deadlock run again. */
import type { Clock } from '../ports';
import { isDeadlock } from './driverErrors';
import type { SqlRunner } from './statements';

const tries = 3;
/** The longest pause before the second try, ms; it doubles with each try. */
const firstPauseMs = 100;

/**
 * SQL Server ends one of two batches that wait for each other (error 1205) and has undone its statement by then. Only for batches
 * that may be run twice: here each is a read, names exactly the rows that it changes, or adds rows with its one statement.
 */
export function retryingDeadlocks(runner: SqlRunner, clock: Clock): SqlRunner {
  return {
    async batch(sql, signal) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await runner.batch(sql, signal);
        } catch (caught) {
          if (attempt === tries || !isDeadlock(caught)) throw caught;
          await clock.sleep(clock.random() * firstPauseMs * 2 ** (attempt - 1), signal);
        }
      }
    },
  };
}
