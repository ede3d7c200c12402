/** What Configure would do, decided from what is there; nothing is changed here. */
import { ShopError } from '../errors';
import { changeLogName, hasNameOfOurs, sequenceName, stagingName, type TriggerEvent, triggers } from './captureNames';
import { refuseForeign } from './captureConflicts';
import type { CaptureState, FoundTrigger } from './captureState';
import type { ProductTableInfo } from './productTableInfo';
import { captureVersion, columnsFingerprint, readMarker } from './triggerMarker';
import { type TriggerText, triggerTexts } from './triggers';

export type ConfigureStepKind =
  | 'remove triggers'
  | 'discard changes'
  | 'take over ChangeLog'
  | 'create ChangeLog'
  | 'replace trigger'
  | 'create trigger';

export interface ConfigureStep {
  readonly kind: ConfigureStepKind;
  /** A sentence for people. */
  readonly description: string;
}

export interface ConfigurePlan {
  readonly table: { readonly schema: string; readonly name: string };
  /** In the order in which they are done; those on the shop's table in one transaction. */
  readonly steps: readonly ConfigureStep[];
  readonly warnings: readonly string[];
  /** There is nothing to do. */
  readonly upToDate: boolean;
}

/** A plan with all that it takes to do it. */
export interface ConfigureWork {
  readonly plan: ConfigurePlan;
  readonly table: ProductTableInfo;
  readonly state: CaptureState;
  /** Triggers of shopMaster or the desktop program that go, here and on tables configured before. */
  readonly drop: readonly FoundTrigger[];
  readonly create: readonly TriggerText[];
  readonly changeLog: 'keep' | 'create' | 'take over';
  /** Tables configured before whose ChangeLog is still there. */
  readonly otherTables: readonly OtherTable[];
  readonly discardPending: boolean;
}

export interface OtherTable {
  /** `dbo.Products`, for people. */
  readonly displayName: string;
  /** Its ChangeLog lies in the same schema. */
  readonly schema: string;
  /** Whether that ChangeLog has pending changes. */
  readonly pending: boolean;
}

/**
 * Decides what is to be done. Throws a ShopError where it can't be done: trigger-taken, change-log-taken,
 * owners-differ, other-table-pending, triggers-not-visible, triggers-not-permitted.
 */
export function decide(
  table: ProductTableInfo,
  state: CaptureState,
  otherTables: readonly OtherTable[],
  keyWarnings: readonly string[],
  discardPending: boolean,
): ConfigureWork {
  refuseForeign(table, state);
  const elsewhere = triggersElsewhere(table, state);
  const changeLog = changeLogWork(table, state);
  const changes = triggerTexts(table).map((wanted) => triggerChange(table, state, wanted, changeLog === 'take over'));
  const strays = renamedTriggers(table, state);
  // A ChangeLog that this table's triggers write to holds its own changes, whatever table a trigger was moved to.
  const others = otherTables.filter(({ schema }) => schema !== table.schema || !isConfigured(table, state));
  const pending = others.filter((other) => other.pending);
  const steps: readonly ConfigureStep[] = [
    ...[...new Set(elsewhere.map(({ parent }) => parent))].map((parent) => removal(parent, elsewhere)),
    ...strays.map(({ name }) => strayRemoval(table, name)),
    ...pending.map(({ displayName }) => discarding(displayName)),
    ...changeLogSteps(table, state, changeLog),
    ...changes.flatMap(({ step }) => step ?? []),
  ];
  if (steps.length > 0) refuseWithoutRights(table, state, changeLog);
  if (!discardPending) refusePending(table, pending);
  const create = changes.flatMap(({ create: text }) => text ?? []);
  return {
    plan: {
      table: { schema: table.schema, name: table.table },
      steps,
      warnings: [...outputWarning(table, state, create), ...insteadOfWarnings(table, state), ...keyWarnings],
      upToDate: steps.length === 0,
    },
    table,
    state,
    drop: [...elsewhere, ...strays, ...changes.flatMap(({ drop }) => drop ?? [])],
    create,
    changeLog,
    otherTables: others,
    discardPending,
  };
}

/** Triggers of a table configured before: shopMaster's or the desktop program's, in any schema of the database. */
export function triggersElsewhere(table: ProductTableInfo, state: CaptureState): readonly FoundTrigger[] {
  return state.triggers.filter(
    ({ parentId, owner }) => parentId !== table.objectId && (owner === 'ours' || owner === 'desktop'),
  );
}

/** Triggers of shopMaster's on this table that have another name now: they would log each change a second time. */
export function renamedTriggers(
  table: Pick<ProductTableInfo, 'objectId'>,
  state: CaptureState,
): readonly FoundTrigger[] {
  return state.triggers.filter(
    ({ parentId, owner, name }) => parentId === table.objectId && owner === 'ours' && !hasNameOfOurs(name),
  );
}

function isConfigured(table: ProductTableInfo, state: CaptureState): boolean {
  return state.triggers.some(({ parentId, owner }) => parentId === table.objectId && owner === 'ours');
}

function changeLogWork(table: ProductTableInfo, state: CaptureState): ConfigureWork['changeLog'] {
  if (state.changeLog?.kind === 'ours') return 'keep';
  const work = state.changeLog === null ? 'create' : 'take over';
  if (state.sequence === 'foreign')
    throw taken(table, `The sequence ${table.schema}.${sequenceName} is not shopMaster’s.`);
  if (work === 'take over' && state.staging === 'foreign')
    throw taken(table, `The table ${table.schema}.${stagingName} is not shopMaster’s.`);
  return work;
}

function taken(table: ProductTableInfo, sentence: string): ShopError {
  return new ShopError(
    'change-log-taken',
    sentence,
    `Rename it; shopMaster needs this name in the schema ${table.schema}.`,
    { remedy: 'configure' },
  );
}

interface TriggerChange {
  readonly step?: ConfigureStep;
  readonly drop?: FoundTrigger;
  readonly create?: TriggerText;
}

function triggerChange(
  table: ProductTableInfo,
  state: CaptureState,
  wanted: TriggerText,
  changeLogIsReplaced: boolean,
): TriggerChange {
  const found = state.triggers.find(
    ({ parentId, name }) => parentId === table.objectId && name.toLowerCase() === wanted.name.toLowerCase(),
  );
  if (found === undefined)
    return {
      step: { kind: 'create trigger', description: `Create the trigger ${wanted.name} on ${table.displayName}.` },
      create: wanted,
    };
  const reason = reasonToReplace(table, found, wanted);
  if (reason === null && !changeLogIsReplaced) return {};
  return {
    step: {
      kind: 'replace trigger',
      description: `Replace the trigger ${wanted.name} on ${table.displayName}, ${reason ?? 'because ChangeLog is replaced'}.`,
    },
    drop: found,
    create: wanted,
  };
}

function reasonToReplace(table: ProductTableInfo, found: FoundTrigger, wanted: TriggerText): string | null {
  if (found.owner === 'desktop') return 'which is the desktop program’s';
  const marker = readMarker(found.definition ?? '');
  if (marker?.intact !== true) return 'which was changed by hand';
  if (marker.version !== captureVersion) return 'which another version of shopMaster made';
  if (marker.columns !== columnsFingerprint(table.columns)) return 'which was made for other columns';
  if (found.definition?.replaceAll('\r\n', '\n').trim() !== wanted.text.trim()) return 'which no longer fits the table';
  return found.disabled ? 'which is disabled' : null;
}

function removal(parent: string, elsewhere: readonly FoundTrigger[]): ConfigureStep {
  const names = elsewhere.filter((trigger) => trigger.parent === parent).map(({ name }) => name);
  return {
    kind: 'remove triggers',
    description: `Remove ${names.join(', ')} from ${parent}, which was configured before.`,
  };
}

function strayRemoval(table: ProductTableInfo, name: string): ConfigureStep {
  return {
    kind: 'remove triggers',
    description: `Remove ${name} from ${table.displayName}, a trigger of shopMaster’s under another name.`,
  };
}

function discarding(displayName: string): ConfigureStep {
  return { kind: 'discard changes', description: `Discard the logged changes of ${displayName}.` };
}

function changeLogSteps(
  table: ProductTableInfo,
  state: CaptureState,
  work: ConfigureWork['changeLog'],
): readonly ConfigureStep[] {
  const changeLog = `${table.schema}.${changeLogName}`;
  switch (work) {
    case 'keep':
      return [];
    case 'create':
      return [{ kind: 'create ChangeLog', description: `Create the table ${changeLog} and its sequence.` }];
    case 'take over':
      return [
        {
          kind: 'take over ChangeLog',
          description: isOfDesktop(state)
            ? `Take over the desktop program’s ${changeLog} with every change in it.`
            : `Make ${changeLog} anew, with every change in it.`,
        },
      ];
  }
}

/** Its LogID is an IDENTITY column. */
function isOfDesktop({ changeLog }: CaptureState): boolean {
  return changeLog?.columns.some(({ identity }) => identity) ?? false;
}

function refuseWithoutRights(
  table: ProductTableInfo,
  state: CaptureState,
  changeLog: ConfigureWork['changeLog'],
): void {
  if (!state.permissions.alterTable)
    throw new ShopError(
      'triggers-not-permitted',
      `This login may not create triggers on ${table.displayName}.`,
      `Have ALTER on ${table.displayName} granted to it, or configure once with a login that has it.`,
      { remedy: 'configure' },
    );
  if (changeLog !== 'keep' && !state.permissions.createInSchema)
    throw new ShopError(
      'triggers-not-permitted',
      `This login may not create the table ${table.schema}.${changeLogName} and its sequence.`,
      `Have CREATE TABLE, and ALTER, CREATE SEQUENCE and REFERENCES on the schema ${table.schema}, granted to it, or configure once with a login that has them.`,
      { remedy: 'configure' },
    );
}

function refusePending(table: ProductTableInfo, pending: readonly OtherTable[]): void {
  const [other] = pending;
  if (other !== undefined) throw otherTablePending(table, other.displayName);
}

export function otherTablePending(table: ProductTableInfo, displayName: string): ShopError {
  return new ShopError(
    'other-table-pending',
    `Changes of ${displayName}, which was configured before, are still pending.`,
    `Sync ${displayName} once more before you configure ${table.displayName}, or discard its changes.`,
    { remedy: 'configure' },
  );
}

/** Error 334; with a trigger on the table that statement fails already. */
function outputWarning(
  table: ProductTableInfo,
  state: CaptureState,
  create: readonly TriggerText[],
): readonly string[] {
  const fresh = create.map(({ event }) => event).filter((event) => !hasTrigger(table, state, event));
  if (fresh.length === 0) return [];
  return [
    `A program that writes to ${table.displayName} with an OUTPUT clause without INTO (as in INSERT … OUTPUT inserted.ID) fails from now on with SQL Server’s error 334, as with any trigger; check that yours doesn’t.`,
  ];
}

function hasTrigger(table: ProductTableInfo, state: CaptureState, event: TriggerEvent): boolean {
  const name = triggers.find((trigger) => trigger.event === event)?.name.toLowerCase();
  return state.triggers.some(
    (trigger) => trigger.parentId === table.objectId && !trigger.disabled && trigger.name.toLowerCase() === name,
  );
}

function insteadOfWarnings(table: ProductTableInfo, state: CaptureState): readonly string[] {
  return state.triggers
    .filter(({ parentId, insteadOf }) => insteadOf && parentId === table.objectId)
    .map(
      ({ name }) =>
        `The trigger ${name} on ${table.displayName} acts instead of the statement; what it writes itself is logged.`,
    );
}
