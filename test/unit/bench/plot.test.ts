import assert from 'node:assert/strict';
import { scalingPlot } from '../../bench/report/plot';

describe('the plot of the bench', () => {
  const points = [1000, 10_000, 100_000, 1_000_000].map((products) => ({
    products,
    seconds: products / 3000,
    peakRssMb: 80,
    boundSeconds: products / 3200,
  }));
  const svg = scalingPlot({ upload: points, syncNew: points });

  it('draws ten times as many products, and ten times the time, at the same distance', () => {
    const [, line = ''] = /class="line upload" points="([^"]+)"/.exec(svg) ?? [];
    const places = line.split(' ').map((point) => point.split(',').map(Number));
    const steps = places.slice(1).map(([x = 0, y = 0], at) => [x - (places[at]?.[0] ?? 0), y - (places[at]?.[1] ?? 0)]);
    for (const [across = 0, up = 0] of steps) {
      assert.ok(Math.abs(across - (steps[0]?.[0] ?? 0)) < 0.2);
      assert.ok(Math.abs(up - (steps[0]?.[1] ?? 0)) < 0.2);
    }
  });

  it('draws every point inside its panel', () => {
    for (const [, x = '', y = ''] of svg.matchAll(/<circle class="dot \w+" cx="([^"]+)" cy="([^"]+)"/g)) {
      assert.ok(Number(x) >= 64 && Number(x) <= 400, x);
      assert.ok(Number(y) >= 48 && Number(y) <= 268, y);
    }
  });

  it('has colours of its own where the ground is dark', () => {
    assert.match(svg, /@media \(prefers-color-scheme: dark\)/);
  });
});
