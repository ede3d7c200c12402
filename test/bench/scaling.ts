/** Time and memory as the shop grows. */
import type { Bench, SentRun } from './bench';
import { boundSeconds, megabytes } from './result';
import { slowApi } from './scenarios/scenario';

export interface ScalingPoint {
  readonly products: number;
  readonly seconds: number;
  readonly peakRssMb: number;
  /** What the API alone takes. */
  readonly boundSeconds: number;
}

export interface Scaling {
  readonly upload: readonly ScalingPoint[];
  readonly syncNew: readonly ScalingPoint[];
}

/** Both have four requests of 200 products in flight. */
const inFlight = 4;
const perRequest = 200;

export async function measureScaling(bench: Bench, say: (line: string) => void): Promise<Scaling> {
  const sizes = [1000, 10_000, 100_000, 1_000_000].map((products, power) => bench.size(products, 100 * 2 ** power));
  const along = async (what: string, run: (products: number) => Promise<SentRun>): Promise<ScalingPoint[]> => {
    const points: ScalingPoint[] = [];
    for (const products of sizes) {
      const { seconds, peakRssBytes } = await run(products);
      const bound = boundSeconds(slowApi, products, perRequest, inFlight);
      points.push({ products, seconds, peakRssMb: megabytes(peakRssBytes), boundSeconds: bound });
      const megabytesText = megabytes(peakRssBytes).toFixed(0);
      say(`scaling: ${what} of ${products.toLocaleString('en')} in ${seconds.toFixed(1)} s, ${megabytesText} MB`);
    }
    return points;
  };
  return {
    upload: await along('upload', (products) => bench.upload(products, slowApi)),
    syncNew: await along('sync', (products) => bench.syncNew(products, slowApi)),
  };
}
