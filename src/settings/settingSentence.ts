import type { SettingProblem } from '../sync/settingProblem';
import type { L10n } from '../l10n';

/** What is wrong with a setting; `key` as the Settings editor shows it, e.g. `shopmaster.sync.intervalSeconds`. */
export function settingSentence(key: string, problem: SettingProblem, l10n: L10n): string {
  switch (problem.kind) {
    case 'not an object':
      return l10n.t('The setting {0} must be a group of settings.', key);
    case 'unknown':
      return l10n.t('There is no setting {0}.', key);
    case 'missing':
      return l10n.t('The setting {0} is missing.', key);
    case 'empty':
      return l10n.t('The setting {0} is empty.', key);
    case 'needed with a password':
      return l10n.t('The setting {0} is needed unless Windows Authentication is chosen.', key);
    case 'not a switch':
      return l10n.t('The setting {0} must be true or false.', key);
    case 'not a text':
      return l10n.t('The setting {0} must be a text in quotes.', key);
    case 'not whole':
      return l10n.t('The setting {0} must be a whole number from {1} to {2}.', key, problem.minimum, problem.maximum);
    case 'not among':
      return l10n.t('The setting {0} must be one of these: {1}.', key, problem.choices.join(', '));
  }
}
