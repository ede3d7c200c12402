/** What a verify has found, in words. */
import type { VerifyReport } from '../../sync/model';
import { differencesIn } from '../../sync/runResult';
import type { L10n } from '../../l10n';
import type { Notice } from '../failureNotice';
import { counted, listed } from '../runWords';

type Differences = Pick<VerifyReport, 'missing' | 'different' | 'gone'>;

/** What a verify came to, without what is 0: `3 missing`, `1 gone`. */
export function verifyFigures(report: Differences & Pick<VerifyReport, 'queued'>, l10n: L10n): readonly string[] {
  const { queued } = report;
  return [
    ...differenceFigures(report, l10n),
    ...counted([[queued, l10n.t('1 written to ChangeLog'), l10n.t('{0} written to ChangeLog', queued)]]),
  ];
}

/** Whether there is something to be looked at. Where nothing is known, everything differs, and a list of it says nothing. */
export function hasDetails(report: VerifyReport): boolean {
  return differencesIn(report) > 0 && report.known > 0;
}

/** At the end of Verify Catalogue, and of Queue Differences. */
export function verifyNotice(report: VerifyReport, l10n: L10n): Notice {
  const { products, known, queued } = report;
  const figures = differenceFigures(report, l10n);
  if (figures.length === 0)
    return {
      severity: 'information',
      text:
        products === 1
          ? l10n.t('Verify found no difference in 1 product.')
          : l10n.t('Verify found no difference in {0} products.', products),
      cure: null,
    };
  if (queued > 0)
    return {
      severity: 'information',
      text: l10n.t('Written to ChangeLog for the next sync: {0}.', listed(figures, l10n)),
      cure: { kind: 'command', command: 'shopmaster.syncNow', title: l10n.t('Sync Now') },
    };
  if (known === 0)
    return {
      severity: 'warning',
      text: l10n.t(
        'Nothing is known on this computer of what Digible has: another one has sent it, or an older shopMaster. An upload makes it known.',
      ),
      cure: { kind: 'command', command: 'shopmaster.uploadProducts', title: l10n.t('Upload Products') },
    };
  return {
    severity: 'warning',
    text: l10n.t('Verify found differences: {0}.', listed(figures, l10n)),
    cure: { kind: 'command', command: 'shopmaster.queueDifferences', title: l10n.t('Queue Differences') },
  };
}

/** Of a verify that nobody cancelled. */
export function verifyCutShortNotice(l10n: L10n): Notice {
  const text = l10n.t('The verify ended because settings or database were changed.');
  return { severity: 'information', text, cure: null };
}

function differenceFigures({ missing, different, gone }: Differences, l10n: L10n): readonly string[] {
  return counted([
    [missing, l10n.t('1 missing'), l10n.t('{0} missing', missing)],
    [different, l10n.t('1 different'), l10n.t('{0} different', different)],
    [gone, l10n.t('1 gone'), l10n.t('{0} gone', gone)],
  ]);
}
