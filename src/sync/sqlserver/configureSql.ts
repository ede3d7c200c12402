/** Configure's one transaction on the shop's database, as T-SQL. */
import { changeLogName, quotedChangeLog, sequenceName, stagingName } from './captureNames';
import {
  addNumberingSql,
  createChangeLogSql,
  createSequenceAfterSql,
  createSequenceSql,
  hasPendingSql,
  logColumnList,
  takenOverColumns,
} from './changeLogTable';
import type { FoundTrigger } from './captureState';
import type { ConfigureWork } from './configurePlan';
import { quoteQualifiedName, quoteText } from './quoting';

/** Longest wait for one lock, ms: while Configure waits for the table, every sale waits behind it. */
const lockTimeout = 2000;

/** Options of every transaction that changes the shop's schema: all or nothing, and no long waiting. */
export const transactionOptions = `SET NOCOUNT ON;
SET XACT_ABORT ON;
SET LOCK_TIMEOUT ${lockTimeout};
SET ROWCOUNT 0;
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;`;

/**
 * One batch whose last recordset is `outcome`: `done`, or `pending` where a table configured before has got changes
 * since the plan was made (nothing is changed then). Triggers go first and come last: dropping them locks the product
 * table (Sch-M), and from then on no open transaction of the shop has rows in ChangeLog.
 */
export function configureSql(work: ConfigureWork): string {
  return `${transactionOptions}
BEGIN TRANSACTION;
${[...work.drop.map(dropTriggerSql), ...otherTablesSql(work), ...changeLogSql(work), ...work.create.map(({ text }) => `EXEC (${quoteText(text)});`)].join('\n')}
COMMIT TRANSACTION;
SELECT N'done' AS outcome;`;
}

/** By object id as well, so that a trigger that someone else has put there since is not dropped. */
export function dropTriggerSql(trigger: Pick<FoundTrigger, 'schema' | 'name' | 'objectId'>): string {
  const name = quoteQualifiedName(trigger.schema, trigger.name);
  return `IF OBJECT_ID(${quoteText(name)}, N'TR') = ${trigger.objectId} DROP TRIGGER ${name};`;
}

function otherTablesSql(work: ConfigureWork): readonly string[] {
  return work.otherTables.map(({ schema }) => {
    const pending = hasPendingSql(schema, '(TABLOCKX, HOLDLOCK)');
    if (work.discardPending) return `IF ${pending} TRUNCATE TABLE ${quotedChangeLog(schema)};`;
    return `IF ${pending}
BEGIN
  ROLLBACK TRANSACTION;
  SELECT N'pending' AS outcome;
  RETURN;
END;`;
  });
}

function changeLogSql({ changeLog, state, table }: ConfigureWork): readonly string[] {
  switch (changeLog) {
    case 'keep':
      return [];
    case 'create':
      // A sequence that a dropped ChangeLog left behind goes on counting.
      return [
        ...(state.sequence === 'absent' ? [createSequenceSql(table.schema, '1')] : []),
        createChangeLogSql(table.schema),
      ];
    case 'take over': {
      const staging = quoteQualifiedName(table.schema, stagingName);
      const old = quotedChangeLog(table.schema);
      const columns = takenOverColumns(state.changeLog?.columns ?? [], table.columns.ProductID.type);
      return [
        // What was logged since the copy, and what had been locked then.
        `INSERT INTO ${staging} (${logColumnList})
SELECT ${columns} FROM ${old} AS o WITH (TABLOCKX, HOLDLOCK)
WHERE NOT EXISTS (SELECT 1 FROM ${staging} AS s WHERE s.LogID = o.LogID);`,
        `DROP TABLE ${old};`,
        ...(state.sequence === 'absent' ? [] : [`DROP SEQUENCE ${quoteQualifiedName(table.schema, sequenceName)};`]),
        createSequenceAfterSql(table.schema, stagingName),
        addNumberingSql(table.schema, stagingName),
        `EXEC sp_rename ${quoteText(staging)}, ${quoteText(changeLogName)};`,
      ];
    }
  }
}
