/** What the rows of the tree say. */
import type { LoggedChange, LoggedValues } from '../../sync/model';
import type { L10n } from '../../l10n';
import { escapeMarkdown } from '../markdown';
import { age, shortTime } from '../times';
import { productIdOf, type GroupKind, type RejectedRow, type Row } from './changeGroups';

export interface NodeText {
  readonly label: string;
  readonly description: string;
  /** Markdown in which everything from outside is escaped; empty where there is nothing more to say. That of a row is made when asked for. */
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
}

interface Value {
  readonly column: string;
  readonly before: string | null;
  readonly now: string | null;
}

/** Characters of a value that a tooltip shows. */
const mostCharacters = 300;

export function groupText(kind: GroupKind, total: number, l10n: L10n): NodeText {
  const label = {
    new: () => l10n.t('New'),
    changed: () => l10n.t('Changed'),
    rejected: () => l10n.t('Rejected'),
    deleted: () => l10n.t('Deleted (not sent)'),
  }[kind]();
  const tooltip = {
    new: () => l10n.t('New products that are not yet in Digible.'),
    changed: () => l10n.t('Changed products that are not yet in Digible.'),
    rejected: () =>
      l10n.t('Digible refused these products, or something is missing in them. They are tried again by themselves.'),
    deleted: () =>
      l10n.t('Products that are no longer in the table. Digible can’t delete products, so nothing is sent.'),
  }[kind]();
  return { label, description: String(total), tooltip, spoken: l10n.t('{0}: {1}', label, total) };
}

export function moreText(left: number, l10n: L10n): NodeText {
  const label = l10n.t('Show more ({0} left)', left);
  return { label, description: '', tooltip: '', spoken: label };
}

/** `now`: epoch milliseconds. */
export function rowText(row: Row, now: number, l10n: L10n): NodeText {
  return row.kind === 'rejected' ? rejectedText(row, now, l10n) : loggedText(row, now, l10n);
}

/** A product as people call it, on one line: `Espresso beans (A-17)`. */
export function productTitle(row: Row, l10n: L10n): string {
  const name = nameOf((row.kind === 'rejected' ? row.product : row.change).productName, l10n);
  return l10n.t('{0} ({1})', name, idText(row, l10n));
}

function loggedText(row: Exclude<Row, RejectedRow>, now: number, l10n: L10n): NodeText {
  const { change } = row;
  // Of a product that was deleted and came back, what was before says nothing.
  const previous = row.kind === 'changed' ? change.previous : null;
  const name = fromTo(previous, change, (values) => nameOf(values.productName, l10n));
  const price = fromTo(previous, change, (values) => priceOf(values.sellPrice, l10n));
  const when = ageOf(change, row.readAt, now, l10n);
  const notes = previous === null ? [] : otherChanges(previous, change, l10n);
  const description = [when, ...notes, idText(row, l10n)].join(' · ');
  const title = nameOf(change.productName, l10n);
  return {
    label: `${arrow(name)}  ${arrow(price)}`,
    description,
    get tooltip() {
      return tooltip(title, [], valuesOf(row, change, previous), footer(change, when, l10n), l10n);
    },
    spoken: [
      spokenKind(row.kind, l10n),
      spoken(name, l10n),
      spoken(price, l10n),
      idText(row, l10n),
      ...notes,
      when,
    ].join(', '),
  };
}

function rejectedText(row: RejectedRow, now: number, l10n: L10n): NodeText {
  const { product, change } = row;
  const name = nameOf(product.productName, l10n);
  const price = priceOf(product.sellPrice, l10n);
  const reason = oneLine(product.reason);
  const again = triedAgain(row, now, l10n);
  return {
    label: `${name}  ${price}`,
    description: [reason, idText(row, l10n)].join(' · '),
    get tooltip() {
      const values = valuesOf(row, { ...(change ?? unknownValues), ...product }, null);
      const end = change === null ? [] : footer(change, ageOf(change, row.readAt, now, l10n), l10n);
      return tooltip(name, [`> ${cell(reason)}`, escapeMarkdown(again)], values, end, l10n);
    },
    spoken: [spokenKind(row.kind, l10n), name, price, idText(row, l10n), reason, again].join(', '),
  };
}

/** Digible's refusals wait; what only lacks something is looked at in every sync. */
function triedAgain({ product: { tries, nextTryAt } }: RejectedRow, now: number, l10n: L10n): string {
  if (tries === 0) return l10n.t('It is sent as soon as that is put right.');
  if (nextTryAt <= now) return l10n.t('Tried again at the next sync.');
  const at = shortTime(nextTryAt, now);
  return tries === 1
    ? l10n.t('Refused once. Tried again at {0}, or as soon as the product changes.', at)
    : l10n.t('Refused {0} times. Tried again at {1}, or as soon as the product changes.', tries, at);
}

const unknownValues: LoggedValues = { productName: null, sellPrice: null, qrCode: null, status: null };

function valuesOf(row: Row, now: LoggedValues, before: LoggedValues | null): readonly Value[] {
  const value = (column: string, of: (values: LoggedValues) => string | null): Value => ({
    column,
    before: before === null ? null : of(before),
    now: of(now),
  });
  const id = productIdOf(row);
  return [
    { column: 'ProductID', before: before === null ? null : id, now: id },
    value('ProductName', ({ productName }) => productName),
    value('SellPrice', ({ sellPrice }) => sellPrice),
    value('QrCode', ({ qrCode }) => qrCode),
    value('Status', ({ status }) => status),
  ];
}

function tooltip(
  title: string,
  paragraphs: readonly string[],
  values: readonly Value[],
  end: readonly string[],
  l10n: L10n,
): string {
  const hasBefore = values.some(({ before }) => before !== null);
  const line = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const head = hasBefore ? ['', escapeMarkdown(l10n.t('before')), escapeMarkdown(l10n.t('now'))] : ['', ''];
  const table = [
    line(...head),
    line(...head.map(() => ':--')),
    ...values.map(({ column, before, now }) =>
      hasBefore ? line(column, cell(before), before === now ? cell(now) : `**${cell(now)}**`) : line(column, cell(now)),
    ),
  ].join('\n');
  return [`**${cell(title)}**`, ...paragraphs, table, ...end].join('\n\n');
}

function footer({ changeType, logId }: LoggedChange, when: string, l10n: L10n): readonly string[] {
  return [escapeMarkdown(l10n.t('{0}, {1}, LogID {2}', changeType, when, logId))];
}

function otherChanges(before: LoggedValues, now: LoggedValues, l10n: L10n): readonly string[] {
  return [
    ...(before.qrCode === now.qrCode ? [] : [l10n.t('QR code changed')]),
    ...(before.status === now.status ? [] : [l10n.t('status {0} → {1}', before.status ?? '–', now.status ?? '–')]),
  ].map(oneLine);
}

/** What was, where it was something else, and what is. */
function fromTo(
  before: LoggedValues | null,
  now: LoggedValues,
  of: (values: LoggedValues) => string,
): readonly string[] {
  const is = of(now);
  const was = before === null ? is : of(before);
  return was === is ? [is] : [was, is];
}

function arrow(values: readonly string[]): string {
  return values.join(' → ');
}

function spoken([first = '', second]: readonly string[], l10n: L10n): string {
  return second === undefined ? first : l10n.t('{0}, now {1}', first, second);
}

function spokenKind(kind: GroupKind, l10n: L10n): string {
  switch (kind) {
    case 'new':
      return l10n.t('New product');
    case 'changed':
      return l10n.t('Changed product');
    case 'rejected':
      return l10n.t('Rejected product');
    case 'deleted':
      return l10n.t('Deleted product');
  }
}

function nameOf(name: string | null, l10n: L10n): string {
  const line = oneLine(name ?? '');
  return line === '' ? l10n.t('(no name)') : line;
}

function priceOf(price: string | null, l10n: L10n): string {
  return price ?? l10n.t('(no price)');
}

function idText(row: Row, l10n: L10n): string {
  const id = productIdOf(row);
  return id === null ? l10n.t('no ProductID') : oneLine(id);
}

/** In whole minutes from the first on, so that rows are not drawn anew all the time. */
function ageOf(change: LoggedChange, readAt: number, now: number, l10n: L10n): string {
  const seconds = change.ageSeconds + Math.max(0, now - readAt) / 1000;
  if (seconds < 60) return l10n.t('just now');
  return seconds < 120 ? l10n.t('1 min ago') : age(seconds, l10n);
}

/** Nothing that breaks the line or turns its direction. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

function cell(text: string | null): string {
  if (text === null) return '–';
  const line = oneLine(text);
  return escapeMarkdown(line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line);
}
