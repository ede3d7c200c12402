import type { ConfirmedStore, StateStore } from './ports';
import { emptyState } from './stateFile';

/** Remembers nothing: for a shop that is opened to look at something, and not to sync. */
export const nullStore: StateStore = {
  load: () => Promise.resolve(emptyState),
  save: () => Promise.resolve(),
};

/** Knows of no product, whatever was confirmed. */
export const nullConfirmed: ConfirmedStore = {
  confirm: () => undefined,
  forget: () => undefined,
  saved: () => Promise.resolve(),
  async *records() {
    // There are none.
  },
};
