/** Runs in the extension host, which calls `run`: a shop with many pending changes, its tree opened and scrolled. See ../tree.ts. */
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import * as vscode from 'vscode';
import type { Counts } from '../../vscode/hostRun';
import { hostRun } from '../../vscode/suite/index';
import { activated, configuredShop, until } from '../../vscode/suite/support';

const products = 50_000;
const changesOfEach = 2;
const pages = 20;
const resolutionMs = 10;

export async function run(): Promise<void> {
  const { report, counts } = hostRun();
  appendFileSync(report, `${JSON.stringify(await openAndScroll())}\n`);
  writeFileSync(counts, JSON.stringify({ passed: 1, failed: 0 } satisfies Counts));
}

/**
 * Milliseconds, as the extension host sees them: `firstRowsMs` from VS Code asking the tree for its groups to having the first rows,
 * `openedMs` the same from the command that opens the view, `slowestPageMs` from Show More to having its rows.
 */
async function openAndScroll(): Promise<Readonly<Record<string, unknown>>> {
  const shop = await configuredShop({ products });
  for (let change = 0; change < changesOfEach; change++)
    await shop.query('UPDATE dbo.Products SET SellPrice = SellPrice + 1');
  const { pendingChanges } = await activated();
  const group = (): ReturnType<typeof pendingChanges.getParent> => shown.get('roots')?.[0];
  const shown = new Map<string, Awaited<ReturnType<typeof pendingChanges.getChildren>>>();
  const children = pendingChanges.getChildren.bind(pendingChanges);
  const seen: { asked?: number; rows?: number } = {};
  pendingChanges.getChildren = async (node) => {
    seen.asked ??= performance.now();
    const nodes = await children(node);
    shown.set(node?.id ?? 'roots', nodes);
    if (node !== undefined && nodes.length > 0) seen.rows ??= performance.now();
    return nodes;
  };
  const rows = (): number => shown.get(group()?.id ?? '')?.length ?? 0;

  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const opening = performance.now();
  await vscode.commands.executeCommand('shopmaster.pendingChanges.focus');
  await until(() => rows() > 0, 'the first rows are there');
  const { asked = NaN, rows: there = NaN } = seen;

  const pageMs: number[] = [];
  for (let page = 0; page < pages; page++) {
    const before = rows();
    const more = shown.get(group()?.id ?? '')?.at(-1);
    assert.equal(more?.id, `more.${group()?.id.slice('group.'.length)}`);
    const began = performance.now();
    await vscode.commands.executeCommand('shopmaster.showMore', more);
    await until(() => rows() > before, 'one more page is there');
    pageMs.push(performance.now() - began);
  }
  delay.disable();
  const beyond = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / 1e6 - resolutionMs));
  return {
    bench: 'tree',
    pending: products * changesOfEach,
    rows: rows() - 1,
    firstRowsMs: Math.round(there - asked),
    openedMs: Math.round(there - opening),
    slowestPageMs: Math.round(Math.max(...pageMs)),
    loopDelayP99Ms: beyond(delay.percentile(99)),
    loopDelayMaxMs: beyond(delay.max),
  };
}
