/** The status bar's tooltip: a small table, what is wrong, and what can be done about it. */
import type { Condition } from '../condition';
import { isRunning, type EngineState } from '../sync/engineState';
import type { CaptureProblem } from '../sync/model';
import type { L10n } from '../l10n';
import { escapeMarkdown } from './markdown';
import type { CureCommand } from './remedies';
import { asSentence, progressLine, scheduleLine, statusLine } from './statusLine';
import { localTime } from './times';
import { captureDamage } from './troubleWatch';

interface Link {
  readonly icon: string;
  readonly title: string;
  readonly command: CureCommand;
}

type ReadyCondition = Extract<Condition, { readonly kind: 'ready' }>;

/** Commands that the tooltip may link to. */
export const tooltipCommands = [
  'shopmaster.configure',
  'shopmaster.syncNow',
  'shopmaster.startSync',
  'shopmaster.stopSync',
  'shopmaster.repairCapture',
  'shopmaster.pendingChanges.focus',
  'shopmaster.showLog',
] as const satisfies readonly CureCommand[];

/** Markdown with theme icons and command links. */
export function statusBarTooltip(condition: Condition, l10n: L10n): string {
  const head = '**shopMaster**';
  const paragraphs =
    condition.kind === 'ready' ? readyParagraphs(condition, l10n) : [escapeMarkdown(statusLine(condition, l10n))];
  const hints = condition.kind === 'settings invalid' ? [escapeMarkdown(condition.error.hint)] : [];
  return [head, ...paragraphs, ...hints, linksOf(condition, l10n).map(markdownOf).join(' &nbsp; ')].join('\n\n');
}

function readyParagraphs(condition: ReadyCondition, l10n: L10n): readonly string[] {
  const { engine } = condition;
  return [tableOf(condition, l10n), ...failureParagraph(engine), ...engine.captureProblems.map(problemParagraph)];
}

function tableOf(condition: ReadyCondition, l10n: L10n): string {
  const { engine, intervalSeconds } = condition;
  const { lastSync, counts } = engine;
  const figure = (value: number | undefined): string => (value === undefined ? '?' : String(value));
  const rows: readonly (readonly [name: string, value: string])[] = [
    [l10n.t('State'), stateWords(engine, l10n)],
    [l10n.t('Last Sync'), lastSync === null ? l10n.t('never') : localTime(lastSync)],
    [l10n.t('Pending'), figure(counts?.pending)],
    [l10n.t('Rejected'), figure(counts?.rejected)],
    [l10n.t('Deleted (not sent)'), figure(counts?.deleted)],
    [l10n.t('Schedule'), scheduleLine(engine.scheduled, intervalSeconds, l10n)],
  ];
  const [first, ...others] = rows.map(([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(value)} |`);
  return [first, '| :-- | :-- |', ...others].join('\n');
}

/** As short as it can be: why, and what to do, is below the table. How far a run is would close the tooltip with each product. */
function stateWords({ phase }: EngineState, l10n: L10n): string {
  switch (phase) {
    case 'syncing':
    case 'uploading':
    case 'verifying':
      return progressLine({ phase, progress: null }, l10n);
    case 'idle':
      return l10n.t('Waiting for the next sync');
    case 'stopped':
      return l10n.t('Stopped');
    case 'offline':
      return l10n.t('Offline');
    case 'session expired':
      return l10n.t('Session expired');
    case 'another writer':
      return l10n.t('Watching only');
    case 'error':
      return l10n.t('Error');
  }
}

/** While a run is under way, what ended the last one is over. */
function failureParagraph(engine: EngineState): readonly string[] {
  const { error } = engine;
  if (isRunning(engine) || error === null) return [];
  return [`$(info) ${escapeMarkdown(`${asSentence(error.message)} ${error.hint}`)}`];
}

function problemParagraph({ message }: CaptureProblem): string {
  return `$(tools) ${escapeMarkdown(message)}`;
}

function linksOf(condition: Condition, l10n: L10n): readonly Link[] {
  const configure: Link = { icon: 'gear', title: l10n.t('Configure'), command: 'shopmaster.configure' };
  const showLog: Link = { icon: 'output', title: l10n.t('Show Log'), command: 'shopmaster.showLog' };
  if (condition.kind !== 'ready') return [configure, showLog];
  const { engine } = condition;
  const schedule: Link = engine.scheduled
    ? { icon: 'debug-pause', title: l10n.t('Stop Sync'), command: 'shopmaster.stopSync' }
    : { icon: 'play', title: l10n.t('Start Sync'), command: 'shopmaster.startSync' };
  const repair: Link = { icon: 'tools', title: l10n.t('Repair Capture'), command: 'shopmaster.repairCapture' };
  return [
    ...(captureDamage(engine.captureProblems).length > 0 ? [repair] : []),
    { icon: 'sync', title: l10n.t('Sync Now'), command: 'shopmaster.syncNow' },
    schedule,
    { icon: 'list-unordered', title: l10n.t('Pending Changes'), command: 'shopmaster.pendingChanges.focus' },
    configure,
    showLog,
  ];
}

function markdownOf({ icon, title, command }: Link): string {
  return `[$(${icon}) ${escapeMarkdown(title)}](command:${command})`;
}
