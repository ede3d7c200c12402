/** Which buttons can be used now, and what is said about them. */
import type { FormValues, PanelState, WordKey } from '../protocol';

export interface Actions {
  /** Nothing may be edited while it is being saved. */
  readonly form: boolean;
  readonly testConnection: boolean;
  readonly configure: boolean;
  /** Null where there is nothing yet that could be saved by itself. */
  readonly save: boolean | null;
  readonly upload: boolean;
  readonly about: WordKey;
}

export interface Editing {
  readonly values: FormValues;
  /** Something is edited or typed that is not stored. */
  readonly dirty: boolean;
  readonly saving: boolean;
  /** Problems are shown. */
  readonly problems: boolean;
}

export function actionsOf(state: PanelState, { values, dirty, saving, problems }: Editing): Actions {
  const { configured, saved, test, configure, upload } = state;
  const changing = saving || configure?.phase === 'running';
  const sameDatabase =
    values.server === saved.server && values.database === saved.database && values.table === saved.table;
  return {
    form: !changing,
    testConnection: !changing && !(test !== null && (test.sqlServer === null || test.digible === null)),
    configure: !changing && configure?.phase !== 'planning',
    save: configured ? dirty && sameDatabase && !changing : null,
    upload: state.ready && !changing && upload?.phase !== 'running',
    about: problems ? 'aboutProblems' : about(configured, dirty, sameDatabase),
  };
}

function about(configured: boolean, dirty: boolean, sameDatabase: boolean): WordKey {
  if (!configured) return 'aboutFirst';
  if (!sameDatabase) return 'aboutDatabase';
  return dirty ? 'aboutSave' : 'aboutSaved';
}
