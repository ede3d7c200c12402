/** What shopMaster's things are called in the shop's database; they lie in the product table's schema. */
import { quoteQualifiedName } from './quoting';

export type TriggerEvent = 'INSERT' | 'UPDATE' | 'DELETE';

export const changeLogName = 'ChangeLog';
/** The sequence that numbers ChangeLog's rows. */
export const sequenceName = 'ChangeLogID';
/** Where the rows of a desktop ChangeLog are copied to before it takes that one's name. */
export const stagingName = 'ChangeLog_shopMaster';

/** PRODUCT.md's names. */
export const triggers = [
  { event: 'INSERT', name: 'trgAfterInsert' },
  { event: 'UPDATE', name: 'trgAfterUpdate' },
  { event: 'DELETE', name: 'trgAfterDelete' },
] as const satisfies readonly { readonly event: TriggerEvent; readonly name: string }[];

/** In a case-insensitive database a trigger may be written in another case. */
export function hasNameOfOurs(trigger: string): boolean {
  return triggers.some(({ name }) => name.toLowerCase() === trigger.toLowerCase());
}

/** For T-SQL, e.g. `[dbo].[ChangeLog]`. */
export function quotedChangeLog(schema: string): string {
  return quoteQualifiedName(schema, changeLogName);
}
