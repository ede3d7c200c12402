import { OneAtATime } from '../sync/oneAtATime';

/** Work of several kinds, one after the other: who asks for a kind that is under way, or waits for its turn, joins it. */
export class JoinedWork<Kind> {
  private readonly turns = new OneAtATime();
  private readonly underWay = new Map<Kind, Promise<void>>();

  run(kind: Kind, work: () => Promise<void>): Promise<void> {
    const joined = this.underWay.get(kind);
    if (joined !== undefined) return joined;
    const begun = this.turns.run(work).finally(() => this.underWay.delete(kind));
    this.underWay.set(kind, begun);
    return begun;
  }
}
