/**
 * `remember FILE N`: writes what a sync of N products would. `verify FILE N`: verifies a table of N products, of which one in a hundred
 * is missing, different or gone, against it, and prints its memory in bytes. The table is made up page by page; the rest is the engine's own.
 */
import { ConfirmedFile } from '../../../src/sync/confirmedFile';
import type { SendableProduct } from '../../../src/sync/model';
import type { ProductTable } from '../../../src/sync/ports';
import { systemClock } from '../../../src/sync/systemClock';
import { runVerify, type VerifyParts } from '../../../src/sync/verifier';
import { productId } from '../products';
import { nullLog } from './nullLog';

const never = new AbortController().signal;
const [task = '', file = '', size = ''] = process.argv.slice(2);
const count = Number(size);
const confirmed = new ConfirmedFile(file, { shop: 'shop', account: 'account' }, nullLog);

function product(number: number, sellPrice = `${number % 90}.50`): SendableProduct {
  return { productId: productId(number), productName: `Product No. ${number}`, sellPrice };
}

async function remember(): Promise<void> {
  for (let number = 0; number < count; number++) {
    if (number % 300 === 1) confirmed.confirm({ ...product(number), productId: `${productId(number)} gone` });
    if (number % 300 !== 2) confirmed.confirm(product(number, number % 300 === 3 ? '0.00' : undefined));
    if (number % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await confirmed.saved();
}

const idle = process.memoryUsage.rss();
let peak = idle;

function pages(): ProductTable {
  let next = 0;
  return {
    read: (keys) => Promise.resolve(new Map(keys.map((key) => [key, { state: 'absent' }]))),
    readPage: async (_after, limit) => {
      peak = Math.max(peak, process.memoryUsage.rss());
      // As a page of SQL Server would, it comes later.
      await new Promise((resolve) => setImmediate(resolve));
      const products = Array.from({ length: Math.min(limit, count - next) }, (_, at) => product(next + at));
      next += products.length;
      return { products, next: next < count ? productId(next) : null };
    },
    count: () => Promise.resolve(count),
  };
}

async function verify(): Promise<void> {
  const counts = { pending: 0, inserts: 0, updates: 0, deleted: 0 };
  const changeLog: VerifyParts['changeLog'] = {
    changed: () => Promise.resolve(new Set()),
    queue: () => Promise.resolve(),
    look: () => Promise.resolve({ problems: [], counts }),
    count: () => Promise.resolve(counts),
  };
  const lock = { acquire: () => Promise.resolve(true) };
  const parts: VerifyParts = { changeLog, products: pages(), lock, confirmed, clock: systemClock, log: nullLog };
  const { report, failure } = await runVerify(parts, { signal: never, hardSignal: never, queue: false });
  if (failure !== null) throw failure;
  peak = Math.max(peak, process.memoryUsage.rss(), process.resourceUsage().maxRSS * 1024);
  const { differences, captureProblems, ...figures } = report;
  process.stdout.write(JSON.stringify({ ...figures, listed: differences.length + captureProblems.length, idle, peak }));
}

void (task === 'remember' ? remember() : verify());
