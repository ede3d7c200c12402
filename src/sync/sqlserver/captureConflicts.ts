/** What in the shop's database stands where shopMaster's things would; none of it is ever touched. */
import { ShopError } from '../errors';
import { changeLogName, hasNameOfOurs, triggers } from './captureNames';
import type { CaptureState, FoundTrigger } from './captureState';
import type { ProductTableInfo } from './productTableInfo';

/** Throws trigger-taken, triggers-not-visible, change-log-taken or owners-differ. */
export function refuseForeign(table: ProductTableInfo, state: CaptureState): void {
  for (const trigger of state.triggers) if (stands(table, trigger)) refuseTrigger(trigger);
  const namesake = state.namesakes[0];
  if (namesake !== undefined) throw nameTaken(table, namesake);
  if (state.changeLog?.kind === 'foreign')
    throw new ShopError(
      'change-log-taken',
      `The table ${table.schema}.${changeLogName} is not shopMaster’s: its columns are others.`,
      `Rename that table; shopMaster needs the name ${changeLogName} in the schema ${table.schema}.`,
      { remedy: 'configure' },
    );
  if (state.captureOwnerIds.some((owner) => owner !== table.ownerId)) throw ownersDiffer(table);
}

/** A trigger's name is its schema's, whatever table it is on. */
function stands(table: ProductTableInfo, trigger: FoundTrigger): boolean {
  return trigger.schema === table.schema && hasNameOfOurs(trigger.name);
}

function refuseTrigger(trigger: FoundTrigger): void {
  if (trigger.owner === 'foreign')
    throw new ShopError(
      'trigger-taken',
      `The trigger ${trigger.name} on ${trigger.parent} is not shopMaster’s.`,
      'Have it renamed by whoever made it; shopMaster never touches the triggers of others.',
      { remedy: 'configure' },
    );
  if (trigger.owner === 'unreadable')
    throw new ShopError(
      'triggers-not-visible',
      `This login may not read the trigger ${trigger.name} on ${trigger.parent}, so nobody can tell whose it is.`,
      `Have VIEW DEFINITION on ${trigger.parent} granted to it.`,
      { remedy: 'configure' },
    );
}

function nameTaken(table: ProductTableInfo, namesake: string): ShopError {
  const isTrigger = triggers.some(({ name }) => namesake.toLowerCase().includes(`.${name.toLowerCase()} (`));
  return new ShopError(
    isTrigger ? 'trigger-taken' : 'change-log-taken',
    `There is already something else with a name that shopMaster needs: ${namesake}.`,
    `Have it renamed; shopMaster needs this name in the schema ${table.schema}.`,
    { remedy: 'configure' },
  );
}

function ownersDiffer(table: ProductTableInfo): ShopError {
  return new ShopError(
    'owners-differ',
    `${table.displayName} and ${table.schema}.${changeLogName} would have different owners, so that a cashier’s login could not write to ${table.displayName} any more.`,
    `Have the owner made the same: ALTER AUTHORIZATION ON OBJECT::${table.qualifiedName} TO SCHEMA OWNER.`,
    { remedy: 'configure' },
  );
}
