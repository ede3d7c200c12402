import type { Difference, VerifyReport } from '../../sync/model';
import type { L10n } from '../../l10n';
import { localTime } from '../times';

/** The report as a plain text, for people. `at`: when it was made, epoch milliseconds. */
export function verifyText(report: VerifyReport, at: number, l10n: L10n): string {
  const figures: readonly (readonly [name: string, value: number])[] = [
    [l10n.t('Products in the table'), report.products],
    [l10n.t('Known as confirmed'), report.known],
    [l10n.t('With pending changes, left out'), report.pending],
    [l10n.t('Locked by the shop, left out'), report.busy],
    [l10n.t('Without a name or price, not sendable'), report.notSendable],
  ];
  const sections: readonly (readonly [kind: Difference['kind'], title: string])[] = [
    ['missing', l10n.t('In the table, and never confirmed: {0}', report.missing)],
    ['different', l10n.t('Confirmed with another name or price: {0}', report.different)],
    ['gone', l10n.t('Confirmed, and no longer in the table: {0}', report.gone)],
  ];
  return [
    l10n.t('Verify Catalogue, {0}', localTime(at)),
    [
      ...figures.filter(([, value], index) => index < 2 || value > 0).map(([name, value]) => `${name}: ${value}`),
      ...report.captureProblems.map(({ message }) => message),
    ].join('\n'),
    ...sections.filter(([kind]) => report[kind] > 0).map(([kind, title]) => section(report, kind, title, l10n)),
    report.queued > 0
      ? l10n.t('All of it is written to ChangeLog: the next sync sends it, and shows as deleted what is gone.')
      : l10n.t('Queue Differences writes it to ChangeLog: the next sync sends it, and shows as deleted what is gone.'),
    '',
  ].join('\n\n');
}

function section(report: VerifyReport, kind: Difference['kind'], title: string, l10n: L10n): string {
  const differences = report.differences.filter((difference) => difference.kind === kind);
  const more = report[kind] - differences.length;
  return [title, ...differences.map(line), ...(more > 0 ? [`  ${l10n.t('and {0} more', more)}`] : [])].join('\n');
}

/** A name may hold line breaks. */
function line({ productId, productName }: Difference): string {
  return `  ${productId}  ${productName ?? ''}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd();
}
