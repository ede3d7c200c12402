import type { DigibleSandbox } from '../digible/sandbox';

/** The weather of a flaky line, once round: every fault that a retry, a new sign-in or a second run must get over. */
export function placeFaults({ faults }: DigibleSandbox): void {
  faults.add({ kind: 'throttled', retryAfter: 1, calls: ['sync'], times: 1 });
  faults.add({ kind: 'html error', calls: ['sync', 'update'], times: 2 });
  faults.add({ kind: 'dropped', calls: ['sync', 'update'], times: 2 });
  faults.add({ kind: 'dropped', applied: true, calls: ['sync', 'update'], times: 2 });
  faults.add({ kind: 'unavailable', calls: ['sync', 'update'], times: 1 });
  faults.add({ kind: 'token revoked', calls: ['sync', 'update'], times: 1 });
  faults.add({ kind: 'not json', calls: ['sync'], times: 1 });
}
