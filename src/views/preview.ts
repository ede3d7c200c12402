import type { CurrentShop } from '../currentShop';
import { DisposableOwner } from '../dispose';

/** Preview Next Sync: a read-only document with exactly the requests that the next sync would send. */
export class Preview extends DisposableOwner {
  constructor(readonly currentShop: CurrentShop) {
    super();
  }

  show(): Promise<void> {
    return Promise.resolve();
  }
}
