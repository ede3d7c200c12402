import type { CurrentShop } from '../../currentShop';
import type { Runs } from '../../runs';
import type { PendingChangesView } from './pendingChangesView';

/** What can be done with the rows of Pending Changes. `node` and `nodes` as VS Code passes them. */
export class ChangeCommands {
  constructor(
    readonly currentShop: CurrentShop,
    readonly view: PendingChangesView,
    readonly runs: Runs,
  ) {}

  showMore(_node: unknown): Promise<void> {
    return Promise.resolve();
  }

  retry(_node: unknown, _nodes: unknown): Promise<void> {
    return Promise.resolve();
  }

  discard(_node: unknown, _nodes: unknown): Promise<void> {
    return Promise.resolve();
  }

  dismissDeleted(_node: unknown, _nodes: unknown): Promise<void> {
    return Promise.resolve();
  }

  copyProductId(_node: unknown, _nodes: unknown): Promise<void> {
    return Promise.resolve();
  }
}
