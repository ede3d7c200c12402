import assert from 'node:assert/strict';
import { cells, markdownTable, textTable } from '../../bench/report/table';
import { atLeast, below, boundSeconds, resultOf } from '../../bench/result';

const api = { latencyMs: 50, perProductMs: 1 };

describe('the figures of the bench', () => {
  it('set the bound by requests × (latency + products × cost) ÷ concurrency', () => {
    assert.equal(boundSeconds(api, 10_000, 200, 4), 3.125);
    assert.equal(boundSeconds(api, 500, 200, 4), (3 * 50 + 500) / 4000);
    assert.equal(boundSeconds({ latencyMs: 10, perProductMs: 1 }, 150, 1, 8), (150 * 11) / 8000);
  });

  it('reach a target at its very value, and judge nothing where there is no figure', () => {
    assert.deepEqual(atLeast(85, 85, '% of the bound'), { text: '≥ 85 % of the bound', reached: true });
    assert.equal(atLeast(84.9, 85, '').reached, false);
    assert.equal(below(200, 200, 'ms').reached, false);
    assert.equal(below(null, 200, 'ms').reached, null);
  });

  it('stand in columns that hold the same in a terminal and in Markdown', () => {
    const result = resultOf({
      ...{ scenario: 'upload', title: 'upload of 1,000 products', api, products: 1000, seconds: 1.2345, ratio: 3.456 },
      targets: [atLeast(3.456, 3.5, '× baseline'), below(null, 40, 'MB')],
    });
    assert.deepEqual(
      cells(result).filter((cell) => cell !== ''),
      ['upload of 1,000 products', '50 ms', '1,000', '1.23', '3.46', '≥ 3.5 × baseline, < 40 MB', 'no, –'],
    );
    assert.deepEqual(markdownTable([result]).trimEnd().split('\n').at(-1)?.slice(2, -2).split(' | '), cells(result));
    const [head = '', row = ''] = textTable([result]).split('\n');
    assert.equal(head.indexOf('to reach'), row.indexOf('≥ 3.5'));
  });
});
