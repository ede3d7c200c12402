import assert from 'node:assert/strict';
import { blockSize, blocksOf, BlockWriter, recordsOf } from '../../src/sync/confirmedFormat';
import { valueHash } from '../../src/sync/productHash';

const value = valueHash({ productName: 'Cola', sellPrice: '1.00' });

/** A file in memory, as far as it is read, and how much that is. */
class ReadFile {
  reads = 0;
  bytes = 0;

  constructor(private readonly content: Buffer) {}

  read<T extends NodeJS.ArrayBufferView>(buffer: T, offset: number, length: number, position: number) {
    const bytesRead = this.content.copy(buffer as unknown as Buffer, offset, position, position + length);
    this.reads += 1;
    this.bytes += bytesRead;
    return Promise.resolve({ bytesRead, buffer });
  }
}

/** A block of so many products. */
function block(products: number, name: string): Buffer {
  const writer = new BlockWriter();
  for (let at = 0; at < products; at++) assert.equal(writer.add(`${name} ${at}`, value), null);
  return writer.take() ?? assert.fail('there is no block');
}

async function keysIn(file: ReadFile): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { records } of blocksOf(file as never, 0))
    keys.push(...recordsOf(records).map(({ productId }) => productId));
  return keys;
}

describe('the blocks of what was confirmed', () => {
  it('are read together where they are small', async () => {
    const content = Buffer.concat(Array.from({ length: 5000 }, (_, at) => block(1, `run ${at}`)));
    const file = new ReadFile(content);
    const keys = await keysIn(file);
    assert.deepEqual([keys.length, keys[4999]], [5000, 'run 4999 0']);
    assert.ok(file.bytes < 2 * content.length, `${file.bytes} bytes were read of ${content.length}.`);
    assert.ok(file.reads < 5, `It was read ${file.reads} times.`);
  });

  it('are whole wherever a read ends', async () => {
    const full = Math.floor(blockSize / 25);
    const sizes = [1, full, 1, full, full, 30, full, full, full, 2, full, full, full, 1];
    const file = new ReadFile(Buffer.concat(sizes.map((size, at) => block(size, `${at}`))));
    const keys = await keysIn(file);
    assert.deepEqual(
      keys,
      sizes.flatMap((size, at) => Array.from({ length: size }, (_, n) => `${at} ${n}`)),
    );
  });

  it('end where one is torn, and nothing is read over and over', async () => {
    const whole = Buffer.concat(Array.from({ length: 100 }, (_, at) => block(1, `run ${at}`)));
    const torn = Buffer.concat([whole, block(1000, 'torn').subarray(0, -1)]);
    const file = new ReadFile(torn);
    assert.equal((await keysIn(file)).length, 100);
    assert.ok(file.reads <= 2);
  });
});
