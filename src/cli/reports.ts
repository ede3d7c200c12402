/** Results of the command line: the object for programs, the lines for people. */
import {
  beyondRepair,
  type CaptureProblem,
  type LoggedChange,
  type RejectedProduct,
  type Rejection,
  type SyncReport,
  type UploadReport,
} from '../sync/model';

export interface Result {
  readonly object: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  /** Done, but something was rejected: exit code 4. */
  readonly rejected: boolean;
}

/** Rejections that a result spells out; all of them are counted. */
const listed = 100;

export function syncResult(report: SyncReport): Result {
  const { rejections, captureProblems, ...figures } = report;
  const lines = [
    `${products(report.inserted)} inserted, ${products(report.updated)} updated, ${changes(report.coalesced)} coalesced, ` +
      `${products(report.rejected)} rejected, ${products(report.deleted)} deleted in the shop (not sent)`,
    `${changes(report.pending)} pending, ${report.requests} requests, ${seconds(report.seconds)}`,
  ];
  if (report.busy > 0) lines.push(`${products(report.busy)} locked by the shop: next time`);
  if (report.unsettled > 0) lines.push(`${products(report.unsettled)} sent, but not yet certain: sent again next time`);
  return {
    object: { ...figures, rejections: rejections.slice(0, listed), captureProblems },
    lines: [...lines, ...rejectionLines(rejections), ...problemLines(captureProblems)],
    rejected: report.rejected > 0,
  };
}

export function uploadResult(report: UploadReport): Result {
  const { products: sent, batches, requests, rejected, rejections } = report;
  return {
    object: { products: sent, batches, requests, rejected, seconds: report.seconds, rejections },
    lines: [
      `${products(sent)} uploaded in ${batches} batches, ${requests} requests, ${seconds(report.seconds)}`,
      ...(rejected > 0 ? [`${products(rejected)} rejected`] : []),
      ...rejectionLines(rejections),
    ],
    rejected: rejected > 0,
  };
}

export function pendingResult(
  found: readonly LoggedChange[],
  counts: { readonly pending: number; readonly deleted: number },
  rejected: readonly RejectedProduct[],
): Result {
  const reasons = new Map(rejected.map(({ productId, reason }) => [productId, reason]));
  const list = found.map((change) => ({
    logId: change.logId,
    changeType: change.changeType,
    productId: change.key,
    productName: change.productName,
    sellPrice: change.sellPrice,
    ageSeconds: change.ageSeconds,
    ...(reasons.has(change.key ?? '') && { rejected: reasons.get(change.key ?? '') }),
  }));
  const lines = list.map(
    ({ changeType, productId, productName, sellPrice, ageSeconds, rejected: reason }) =>
      `${changeType.padEnd(6)}  ${shownId(productId)}  ${productName ?? ''}  ${sellPrice ?? ''}  ${age(ageSeconds)}` +
      (reason === undefined ? '' : `  rejected: ${reason}`),
  );
  const more = counts.pending + counts.deleted - found.length;
  return {
    object: { ...counts, changes: list },
    lines: [
      ...lines,
      ...(more > 0 ? [`… and ${more} more`] : []),
      `${changes(counts.pending)} pending, ${products(counts.deleted)} deleted in the shop (not sent)`,
    ],
    rejected: false,
  };
}

export function problemLines(problems: readonly CaptureProblem[]): readonly string[] {
  const lines = problems.map(({ message }) => `! ${message}`);
  const repairable = problems.some(({ kind }) => !beyondRepair.has(kind));
  return repairable ? [...lines, '  Repair is: shopmaster configure'] : lines;
}

function rejectionLines(rejections: readonly Rejection[]): readonly string[] {
  const lines = rejections
    .slice(0, listed)
    .map(({ productId, productName, reason }) => `  rejected ${shownId(productId)} ${productName ?? ''}: ${reason}`);
  return rejections.length > listed ? [...lines, `  … and ${rejections.length - listed} more`] : lines;
}

export function shownId(productId: string | null): string {
  return productId === null || productId === '' ? '(no ProductID)' : productId;
}

export function products(count: number): string {
  return `${count} ${count === 1 ? 'product' : 'products'}`;
}

export function changes(count: number): string {
  return `${count} ${count === 1 ? 'change' : 'changes'}`;
}

export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

function age(value: number): string {
  if (value < 120) return `${Math.max(0, Math.round(value))} s ago`;
  if (value < 7200) return `${Math.round(value / 60)} min ago`;
  if (value < 172_800) return `${Math.round(value / 3600)} h ago`;
  return `${Math.round(value / 86_400)} days ago`;
}
