import { defaults } from '../../../src/sync/settings';
import type { SentRun } from '../bench';
import {
  atLeast,
  below,
  boundSeconds,
  costsOf,
  megabytes,
  resultOf,
  sqlNote,
  type Result,
  type Target,
} from '../result';
import type { Api } from '../world';
import { count, slowApi, type Scenario } from './scenario';

const { batchSize, concurrency } = defaults.upload;

export const upload: Scenario = {
  id: 'upload',
  apis: 'both',
  async run(bench, api) {
    const products = bench.size(100_000, 1000);
    const baseline = await bench.desktopUpload(api);
    const run = await bench.upload(products, api);
    bench.add(row(run, products, api, baseline, true));
  },
};

/** Megabytes that the peak of the large upload may lie above that of the small one. */
const mostMore = 40;

export const uploadBig: Scenario = {
  id: 'upload-big',
  apis: slowApi,
  long: true,
  async run(bench, api) {
    const [small, big] = [bench.size(10_000, 400), bench.size(1_000_000, 2000)];
    const baseline = await bench.desktopUpload(api);
    const few = await bench.upload(small, api);
    bench.add(row(few, small, api, baseline, false));
    const many = await bench.upload(big, api);
    const more = megabytes(many.peakRssBytes - few.peakRssBytes);
    const target = below(more, mostMore, `MB above the peak RSS of ${count(small)}`);
    bench.add({
      ...row(many, big, api, baseline, false, target),
      note: `${more.toFixed(0)} MB above; ${sqlNote(many.sql)}`,
    });
  },
};

function row(
  run: SentRun,
  sent: number,
  api: Api,
  baseline: number | null,
  judged: boolean,
  ...others: Target[]
): Result {
  const perSecond = run.products / run.seconds;
  const ratio = baseline === null ? null : perSecond / baseline;
  const boundPercent = (boundSeconds(api, sent, batchSize, concurrency) / run.seconds) * 100;
  const { products, requests, connections } = run;
  const targets = [
    ...(judged && api === slowApi ? [atLeast(ratio, 3.5, '× baseline')] : []),
    ...(judged ? [atLeast(boundPercent, 85, '% of the bound')] : []),
    ...others,
  ];
  return resultOf({
    ...{ scenario: 'upload', title: `upload of ${count(sent)} products` },
    ...{ api, products, requests, connections, ...costsOf(run), perSecond, ratio, boundPercent, targets },
    note: sqlNote(run.sql),
  });
}
