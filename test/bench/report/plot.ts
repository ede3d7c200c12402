/** The scaling as a drawing: two panels with logarithmic axes, legible on dark and on light ground. */
import type { Scaling, ScalingPoint } from '../scaling';

interface Series {
  readonly name: string;
  readonly look: 'upload' | 'sync' | 'bound';
  readonly values: readonly (readonly [products: number, value: number])[];
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
}

const width = 420;
const height = 320;
const margin = { left: 64, right: 36, top: 48, bottom: 52 };
const plotWidth = width - margin.left - margin.right;
const plotHeight = height - margin.top - margin.bottom;

const style = `
  text { font: 12px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 13px }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .upload { stroke: #0969da } .dot.upload { fill: #0969da }
  .sync { stroke: #bc4c00 } .dot.sync { fill: #bc4c00 }
  .bound { stroke: #6e7781; stroke-dasharray: 4 4 } .dot.bound { display: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .grid { stroke: #3d444d }
    .upload { stroke: #4493f8 } .dot.upload { fill: #4493f8 }
    .sync { stroke: #f0883e } .dot.sync { fill: #f0883e }
    .bound { stroke: #9198a1 }
  }`;

export function scalingPlot({ upload, syncNew }: Scaling): string {
  const along = (points: readonly ScalingPoint[], value: (point: ScalingPoint) => number) =>
    points.map((point) => [point.products, value(point)] as const);
  const panels: readonly Panel[] = [
    {
      title: 'Time',
      unit: 'seconds',
      series: [
        { name: 'what the API alone takes', look: 'bound', values: along(upload, (point) => point.boundSeconds) },
        { name: 'upload', look: 'upload', values: along(upload, (point) => point.seconds) },
        { name: 'sync of new products', look: 'sync', values: along(syncNew, (point) => point.seconds) },
      ],
    },
    {
      title: 'Memory',
      unit: 'MB, peak RSS of the process',
      series: [
        { name: 'upload', look: 'upload', values: along(upload, (point) => point.peakRssMb) },
        { name: 'sync of new products', look: 'sync', values: along(syncNew, (point) => point.peakRssMb) },
      ],
    },
  ];
  const drawn = panels.map((panel, at) => `<g transform="translate(${at * width} 0)">\n${draw(panel)}</g>\n`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * panels.length} ${height + 24}" role="img" aria-labelledby="what">
<title id="what">Time and memory over the number of products, both axes logarithmic</title>
<style>${style}
</style>
${drawn.join('')}${legend(panels[0]?.series ?? [])}</svg>
`;
}

function draw({ title, unit, series }: Panel): string {
  const all = series.flatMap(({ values }) => values);
  const x = scale(
    all.map(([products]) => products),
    margin.left,
    margin.left + plotWidth,
  );
  const y = scale(
    all.map(([, value]) => value),
    margin.top + plotHeight,
    margin.top,
  );
  const bottom = margin.top + plotHeight;
  const right = margin.left + plotWidth;
  return [
    `<text class="title" x="${margin.left}" y="20">${title}</text>`,
    `<text x="${margin.left}" y="37">${unit}</text>`,
    ...y.ticks.map(
      (tick) =>
        `<path class="grid" d="M${margin.left} ${y.at(tick)}H${right}"/><text x="${margin.left - 8}" y="${y.at(tick) + 4}" text-anchor="end">${label(tick)}</text>`,
    ),
    ...x.ticks.map(
      (tick) =>
        `<path class="grid" d="M${x.at(tick)} ${margin.top}V${bottom}"/><text x="${x.at(tick)}" y="${bottom + 18}" text-anchor="middle">${label(tick)}</text>`,
    ),
    `<text x="${margin.left + plotWidth / 2}" y="${bottom + 38}" text-anchor="middle">products</text>`,
    ...series.map(({ look, values }) => {
      const points = values.map(([products, value]) => `${x.at(products)},${y.at(value)}`);
      const dots = points.map((point) => {
        const [cx = '', cy = ''] = point.split(',');
        return `<circle class="dot ${look}" cx="${cx}" cy="${cy}" r="3.5"/>`;
      });
      return `<polyline class="line ${look}" points="${points.join(' ')}"/>${dots.join('')}`;
    }),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

/** From one whole power of ten around the values to another; where these are few, 2 and 5 times each have a line as well. */
function scale(values: readonly number[], from: number, to: number): Scale {
  const lowest = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  const powers = Array.from({ length: highest - lowest + 1 }, (_, power) => 10 ** (lowest + power));
  const ticks = highest - lowest > 2 ? powers : powers.flatMap((power) => [power, 2 * power, 5 * power]);
  return {
    ticks: ticks.filter((tick) => tick <= 10 ** highest),
    at: (value) => {
      const share = (Math.log10(value) - lowest) / (highest - lowest);
      return Math.round((from + share * (to - from)) * 10) / 10;
    },
  };
}

function label(value: number): string {
  return value < 1 ? String(Number(value.toPrecision(1))) : value.toLocaleString('en');
}

function legend(series: readonly Series[]): string {
  const place = 220;
  return series
    .map(({ name, look }, at) => {
      const x = margin.left + at * place;
      const y = height + 8;
      return `<path class="line ${look}" d="M${x} ${y}h28"/><text x="${x + 36}" y="${y + 4}">${name}</text>\n`;
    })
    .join('');
}
