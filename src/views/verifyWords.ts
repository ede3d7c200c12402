/** What a verify has found, in words. */
import type { VerifyReport } from '../sync/model';
import type { L10n } from '../l10n';
import { counted } from './runWords';

type VerifyFigures = Pick<VerifyReport, 'missing' | 'different' | 'gone' | 'queued'>;

/** What a verify came to, without what is 0: `3 missing`, `1 gone`. */
export function verifyFigures({ missing, different, gone, queued }: VerifyFigures, l10n: L10n): readonly string[] {
  return counted([
    [missing, l10n.t('1 missing'), l10n.t('{0} missing', missing)],
    [different, l10n.t('1 different'), l10n.t('{0} different', different)],
    [gone, l10n.t('1 gone'), l10n.t('{0} gone', gone)],
    [queued, l10n.t('1 written to ChangeLog'), l10n.t('{0} written to ChangeLog', queued)],
  ]);
}
