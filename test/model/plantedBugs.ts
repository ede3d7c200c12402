/** Faults that the model tests must find, each as exact replacements of text in a copy of the sources. */

export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

const syncEngine = 'src/sync/syncEngine.ts';
const sender = 'src/sync/sender.ts';
const coalesce = 'src/sync/coalesce.ts';
const uploader = 'src/sync/uploader.ts';

function bug(name: string, file: string, find: string, replace: string): PlantedBug {
  return { name, edits: [{ file, find, replace }] };
}

export const plantedBugs: readonly PlantedBug[] = [
  bug(
    'the desktop’s: after a sync every INSERT and UPDATE is deleted, whatever was sent',
    syncEngine,
    `    } finally {
      await this.acknowledger.drain();
    }
  }

  confirmed(`,
    `      const all = await this.parts.changeLog.readPage(null, 1000, this.options.hardSignal);
      await this.parts.changeLog.acknowledge(all.changes.map(({ logId }) => logId), this.options.hardSignal);
    } finally {
      await this.acknowledger.drain();
    }
  }

  confirmed(`,
  ),
  bug(
    'the desktop’s: the triggers skip a whole statement when one of its products is logged already',
    'test/model/sqlServer.ts',
    'for (const { changeType, product } of logged(event, deleted, inserted)) {',
    `const known = new Set([...this.log.values()].map(({ product }) => product.productId));
    if (inserted.some(({ productId }) => known.has(productId))) return;
    for (const { changeType, product } of logged(event, deleted, inserted)) {`,
  ),
  bug(
    'a high-water mark: acknowledges every LogID up to the newest one confirmed',
    'test/model/sqlServer.ts',
    'for (const logId of logIds) {\n      const row = this.log.get(Number(logId));\n      if (row === undefined) continue;\n      this.watch',
    `const mark = Math.max(...logIds.map(Number));
    for (const { logId } of this.visible.filter((one) => one.logId <= mark)) {
      const row = this.log.get(logId);
      if (row === undefined) continue;
      this.watch`,
  ),
  bug(
    'acknowledges before Digible confirms',
    syncEngine,
    '    this.sentThisPass.add(product.productId);\n',
    '    this.sentThisPass.add(product.productId);\n    this.acknowledge(action.logIds);\n',
  ),
  bug(
    'a refused product is acknowledged, as if it were confirmed',
    syncEngine,
    "    this.parts.log.warn('product rejected', { productId: item.product.productId, reason });\n",
    "    this.parts.log.warn('product rejected', { productId: item.product.productId, reason });\n    this.acknowledge(item.logIds);\n",
  ),
  bug(
    'a confirmation is trusted although an older request may still be applied',
    sender,
    'if (unsettled.isSettled(item.product.productId, startedAt)) {',
    'if (startedAt >= 0) {',
  ),
  bug(
    'an unknown outcome is taken for a failure: the request counts as not applied',
    sender,
    "failure.kind === 'outcome unknown';",
    'Number.isNaN(failure.retryAfterMs);',
  ),
  bug(
    'an upload ends without waiting for its unknown outcomes',
    uploader,
    '  unsettled(item: Item): void {\n    this.doubtful.push(item);\n',
    '  unsettled(item: Item): void {\n    this.confirmed(item);\n',
  ),
  bug(
    'two requests in flight for one product: its update call, and a batch',
    syncEngine,
    'else await singles.push(() => this.sendSingle(item, waiting));',
    'else {\n            waiting.push(item);\n            await singles.push(() => this.sendSingle(item, waiting));\n          }',
  ),
  bug(
    'the second instance does not look at the writer lock',
    'test/model/sqlClient.ts',
    'if (!server.takeLock(session)) return',
    'if (!server.takeLock(session) && !session.alive) return',
  ),
  bug(
    'a run goes on when it has lost the writer lock with its session',
    'src/sync/shopRuns.ts',
    'lockLost.abort(writerLockLost())',
    'void writerLockLost()',
  ),
  bug('batches of more than 200 products', syncEngine, 'const batchSize = 200;', 'const batchSize = 500;'),
  bug(
    'a refused product blocks its whole batch',
    sender,
    'if (isRefusal(failure)) return this.takeApart(batch, failure, way);',
    'if (isRefusal(failure)) return this.suspectsOf(batch, failure, way);',
  ),
  bug(
    'a poison product ends every run',
    sender,
    'if (pauseMs === null) return this.isolate(batch, failure, way);',
    'if (pauseMs === null) throw failure;',
  ),
  bug(
    'a 200 that tells of an error is taken for success',
    'src/sync/digible/wireFormat.ts',
    "return isObject(value) && ('error' in value || value['success'] === false);",
    "return isObject(value) && 'failure' in value;",
  ),
  bug(
    'a locked row that READPAST skips is taken for gone',
    coalesce,
    "if (reading === undefined || reading.state === 'locked') {",
    "if (reading?.state === 'locked') {\n      actions.push({ kind: 'deleted', pending: group.pending, deleteLogged: true });\n    } else if (reading === undefined) {",
  ),
  bug(
    'sync and upload run side by side',
    'src/sync/shopMaster.ts',
    'return this.turns.run(() => this.runs.upload(options));',
    'return this.runs.upload(options);',
  ),
  {
    name: 'a run comes to no end while a change stays pending',
    edits: [
      { file: syncEngine, find: 'const mostPasses = 10;', replace: 'const mostPasses = Infinity;' },
      {
        file: syncEngine,
        find: 'group.pending.some((logId) => !this.left.has(logId))',
        replace: 'group.pending.length > 0',
      },
      {
        file: syncEngine,
        find: 'return this.sentThisPass.size > 0 || !this.backlog.sawEverything;',
        replace: 'return true;',
      },
    ],
  },
  bug(
    'products are read before the changes: what is sent may be older than a change that is acknowledged',
    syncEngine,
    '    const groups = (await this.backlog.read()).filter((group) => group.pending.some((logId) => !this.left.has(logId)));\n',
    `    const early = await this.parts.changeLog.readPage(null, 1000, this.options.hardSignal);
    const read = await this.parts.products.read([...new Set(early.changes.map(({ key }) => key))], this.options.hardSignal);
    const now = this.parts.products.read.bind(this.parts.products);
    Object.assign(this.parts, { products: { read: async (keys: never[], signal: AbortSignal) => new Map([...(await now(keys, signal)), ...[...read].filter(([key]) => keys.includes(key as never))]) } });
    const groups = (await this.backlog.read()).filter((group) => group.pending.some((logId) => !this.left.has(logId)));
`,
  ),
];
