import type { PanelState, Problems, Words } from '../protocol';
import type { FormModel } from './formModel';
import type { Actions } from './actions';

/** All that the page is drawn from. */
export interface View {
  readonly words: Words;
  readonly state: PanelState;
  readonly form: FormModel;
  readonly actions: Actions;
  /** Those that the user is told of now. */
  readonly problems: Problems;
}
