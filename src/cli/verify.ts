/** `verify`: the product table beside what was last confirmed. */
import type { Difference, VerifyReport } from '../sync/model';
import { differencesIn } from '../sync/runResult';
import type { CommandRunner } from './commandContext';
import { exitCodes } from './exitCodes';
import { problemLines, products, seconds, shownId } from './reports';

export const verify: CommandRunner = async ({ shop, args, terminal, interrupted }) => {
  const report = await shop.master.verify({
    queue: args.queue,
    signal: interrupted,
    onProgress: (progress) => terminal.progress(progress),
  });
  terminal.result({ ...report }, [...linesOf(report), ...problemLines(report.captureProblems)]);
  return differencesIn(report) > 0 ? exitCodes.differences : exitCodes.done;
};

function linesOf(report: VerifyReport): readonly string[] {
  const { missing, different, gone, notSendable, pending, busy, queued } = report;
  const found = differencesIn(report);
  const lines = [
    found === 0
      ? 'No difference was found.'
      : `${products(missing)} missing in the catalogue, ${products(different)} different, ${products(gone)} gone from the table`,
    `${products(report.products)} in the table, ${products(report.known)} known as confirmed, ${seconds(report.seconds)}`,
  ];
  if (pending > 0) lines.push(`${products(pending)} with pending changes: the next sync sends them`);
  if (busy > 0) lines.push(`${products(busy)} locked by the shop: verify again later`);
  if (notSendable > 0) lines.push(`${products(notSendable)} without a name or price: not sendable`);
  if (queued > 0) lines.push(`${products(queued)} written to ChangeLog. Go on with: shopmaster sync`);
  else if (found > 0) lines.push('What sends them: shopmaster verify --queue, then shopmaster sync');
  return [...lines, ...(report.known === 0 && report.products > 0 ? nothingKnown : []), ...listOf(report)];
}

const nothingKnown = [
  'Nothing is known on this computer of what Digible has: another one has sent it, or a version of shopMaster that did not keep it.',
  'Sending every product makes it known: shopmaster upload, or shopmaster verify --queue and then shopmaster sync',
] as const;

/** Where nothing is known a list would be the first hundred products, whatever they are. */
function listOf({ known, differences, ...counts }: VerifyReport): readonly string[] {
  if (known === 0) return [];
  return (['missing', 'different', 'gone'] as const).flatMap((kind) => {
    const listed = differences.filter((difference) => difference.kind === kind);
    const more = counts[kind] - listed.length;
    return [...listed.map(lineOf), ...(more > 0 ? [`  … and ${more} more ${kind}`] : [])];
  });
}

function lineOf({ kind, productId, productName }: Difference): string {
  return `  ${kind.padEnd(9)} ${shownId(productId)}${productName === null ? '' : ` ${productName}`}`;
}
