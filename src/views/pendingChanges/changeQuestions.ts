/** What is asked before rows of Pending Changes go. */
import type { L10n } from '../../l10n';
import type { Row } from './changeGroups';
import { productTitle } from './changeTexts';

export interface Question {
  readonly message: string;
  readonly detail: string;
  /** The button that says yes. */
  readonly yes: string;
}

/** Products that a question names. */
const mostNamed = 10;

/** `rows`: at least one. */
export function discardQuestion(rows: readonly Row[], l10n: L10n): Question {
  const yes = l10n.t('Discard');
  const rejected = rows.filter(({ kind }) => kind === 'rejected').length;
  const names = rows.slice(0, mostNamed).map((row) => productTitle(row, l10n));
  const others = rows.length - names.length;
  if (rows.length === 1) {
    const [name = ''] = names;
    return rejected === 0
      ? { message: l10n.t('Discard the change of {0}?', name), detail: changeMeaning(l10n), yes }
      : { message: l10n.t('Discard the rejected changes of {0}?', name), detail: rejectedMeaning(l10n), yes };
  }
  const list = others > 0 ? [...names, l10n.t('and {0} more', others)] : names;
  const meanings = [
    ...(rejected < rows.length ? [changesMeaning(l10n)] : []),
    ...(rejected > 0 ? [rejectedProductsMeaning(l10n)] : []),
  ];
  return {
    message: l10n.t('Discard the changes of these {0} rows?', rows.length),
    detail: [list.join('\n'), ...meanings].join('\n\n'),
    yes,
  };
}

export function dismissQuestion(l10n: L10n): Question {
  return {
    message: l10n.t('Dismiss all deleted products?'),
    detail: l10n.t('They are no longer shown here. Digible still has them, as it has no call that deletes a product.'),
    yes: l10n.t('Dismiss All'),
  };
}

function changeMeaning(l10n: L10n): string {
  return l10n.t(
    'It is deleted from ChangeLog and never sent. Digible keeps its old values until the product changes again, or another pending change of it is sent.',
  );
}

function changesMeaning(l10n: L10n): string {
  return l10n.t(
    'Changes are deleted from ChangeLog and never sent. Digible keeps its old values until a product changes again, or another pending change of it is sent.',
  );
}

function rejectedMeaning(l10n: L10n): string {
  return l10n.t(
    'The changes that were rejected are deleted from ChangeLog and not tried again. Newer changes of the product stay, and are sent.',
  );
}

function rejectedProductsMeaning(l10n: L10n): string {
  return l10n.t(
    'Of each rejected product, the changes that were rejected are deleted from ChangeLog and not tried again. Newer changes of it stay, and are sent.',
  );
}
