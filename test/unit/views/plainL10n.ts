import type { L10n } from '../../../src/l10n';

/** English, as it is written. */
export const plainL10n: L10n = {
  t: (message, ...values) => message.replace(/\{(\d+)\}/g, (_place, at: string) => String(values[Number(at)])),
};
