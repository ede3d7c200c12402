import assert from 'node:assert/strict';
import { logTo } from '../../src/output';

describe('The log in the output channel', () => {
  const channel = () => {
    const lines: string[] = [];
    const level = (name: string) => (line: string) => void lines.push(`${name}: ${line}`);
    return {
      lines,
      debug: level('debug'),
      info: level('info'),
      warn: level('warn'),
      error: level('error'),
    };
  };

  it('is a line an entry, whatever its details hold', () => {
    const to = channel();
    const log = logTo(to);
    log.info('manual run finished', { inserted: 2, seconds: 0.5 });
    log.error('a run failed', { error: 'two\nlines "quoted"' });
    log.warn('careful');
    log.debug('details', { nothing: null });
    assert.deepEqual(to.lines, [
      'info: manual run finished inserted=2 seconds=0.5',
      'error: a run failed error="two\\nlines \\"quoted\\""',
      'warn: careful',
      'debug: details nothing=null',
    ]);
  });

  it('disturbs nobody once VS Code has closed the channel', () => {
    const fail = (): never => {
      throw new Error('Channel has been closed');
    };
    const log = logTo({ debug: fail, info: fail, warn: fail, error: fail });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('too late');
  });
});
