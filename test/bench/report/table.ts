/** Results as the columns of a table, for a terminal and for Markdown. */
import type { Result } from '../result';

export const headings = [
  'scenario',
  'API',
  'products',
  'requests',
  'seconds',
  'per second',
  '× baseline',
  '% of bound',
  'peak RSS, MB',
  'loop p99, ms',
  'connections',
  'to reach',
  'reached',
  'note',
] as const;

/** The first columns hold words, and so do the last; those between hold figures. */
const isText = (column: number): boolean => column < 2 || column > 10;

export function cells(result: Result): string[] {
  const { title, api, products, requests, seconds, perSecond, ratio, boundPercent, targets, note } = result;
  return [
    title,
    api === null ? '' : `${api.latencyMs} ms`,
    whole(products),
    whole(requests),
    figure(seconds),
    figure(perSecond),
    figure(ratio),
    whole(boundPercent),
    whole(result.peakRssMb),
    figure(result.loopDelayP99Ms),
    whole(result.connections),
    targets.map(({ text }) => text).join(', '),
    targets.map(({ reached }) => (reached === null ? '–' : reached ? 'yes' : 'no')).join(', '),
    note,
  ];
}

export function textTable(results: readonly Result[]): string {
  const rows = [[...headings], ...results.map(cells)];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => {
      const line = row.map((cell, column) =>
        isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      );
      return `${line.join('  ').trimEnd()}\n`;
    })
    .join('');
}

export function markdownTable(results: readonly Result[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |\n`;
  const rule = headings.map((_, column) => (isText(column) ? '---' : '--:'));
  return [headings, rule, ...results.map(cells)].map(line).join('');
}

function whole(value: number | null): string {
  return value === null ? '' : Math.round(value).toLocaleString('en');
}

/** Three digits that matter. */
function figure(value: number | null): string {
  if (value === null) return '';
  if (Math.abs(value) >= 100) return whole(value);
  return String(Number(value.toPrecision(3)));
}
