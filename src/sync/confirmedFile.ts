import { constants } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { ShopError, toError } from './errors';
import {
  blocksOf,
  blockSize,
  BlockWriter,
  emptyExtent,
  headerOf,
  recordsOf,
  startOf,
  type Block,
  type Extent,
} from './confirmedFormat';
import { HashTable } from './hashTable';
import type { SendableProduct } from './model';
import { OneAtATime } from './oneAtATime';
import type { ConfirmedRecord, ConfirmedStore, Log } from './ports';
import { keyHash, valueHash } from './productHash';
import type { StateOwner } from './stateFile';
import { whenFree } from './whenFree';

const defaults = { compactFrom: 64 * 1024 * 1024, mostSmallBlocks: 10_000, mostWaiting: 4 * 1024 * 1024, rename };
/** A file is mostly small blocks where there is one for so many bytes of it. */
const smallBlock = blockSize / 16;

export interface ConfirmedFileOptions {
  /** A file smaller than this, bytes, is not compacted for its size; default 64 MiB. */
  readonly compactFrom?: number;
  /** Beyond, a file that is mostly small blocks is compacted, whatever its size; default 10,000. */
  readonly mostSmallBlocks?: number;
  /** Bytes that wait because they can't be written; beyond, the file is given up and begins anew. Default 4 MiB. */
  readonly mostWaiting?: number;
  /** Puts a file in the place of another; default `rename` of node:fs/promises. */
  readonly rename?: (from: string, to: string) => Promise<void>;
}

/**
 * What was last confirmed, in a file that only its owner can read and to which records are appended beside the sending. It is open
 * only while it is written or read, so that the windows of one computer can take turns. What a crash takes from its end is found
 * missing by the next Verify, and nothing else suffers.
 */
export class ConfirmedFile implements ConfirmedStore {
  private readonly options: Required<ConfirmedFileOptions>;
  private readonly gathering = new BlockWriter();
  private waiting: Buffer[] = [];
  private readonly turns = new OneAtATime();
  /** The file as this process has left it; null where that is not known. */
  private left: Extent | null = null;
  /** Bytes that it must have grown to before it is compacted once more, after that has failed. */
  private compactAgainFrom = 0;
  /** Records are missing, which older ones in the file would belie. */
  private isGivenUp = false;
  private hasWarned = false;

  /** Another owner's file is not taken for ours: it is read as an empty one, and replaced by the first record. */
  constructor(
    private readonly path: string,
    private readonly owner: StateOwner,
    private readonly log: Log,
    options: ConfirmedFileOptions = {},
  ) {
    this.options = { ...defaults, ...options };
  }

  confirm(product: SendableProduct): void {
    this.add(product.productId, product);
  }

  forget(productId: string): void {
    this.add(productId, null);
  }

  saved(): Promise<void> {
    this.queue(this.gathering.take());
    return this.turns.run(() => this.writeAll());
  }

  async *records(signal: AbortSignal): AsyncGenerator<readonly ConfirmedRecord[]> {
    await this.saved();
    if (this.isGivenUp) return;
    let file: FileHandle;
    try {
      file = await open(this.path, constants.O_RDONLY);
    } catch (caught) {
      if ((caught as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw this.unreadable(caught);
    }
    try {
      yield* this.recordsIn(file, signal);
    } finally {
      await file.close();
    }
  }

  private async *recordsIn(file: FileHandle, signal: AbortSignal): AsyncGenerator<readonly ConfirmedRecord[]> {
    try {
      const start = await startOf(file, this.owner);
      if (start === null) return;
      for await (const { records } of blocksOf(file, start)) {
        signal.throwIfAborted();
        yield recordsOf(records);
      }
    } catch (caught) {
      signal.throwIfAborted();
      throw this.unreadable(caught);
    }
  }

  private add(productId: string, product: SendableProduct | null): void {
    const full = this.gathering.add(productId, product === null ? null : valueHash(product));
    if (full === null) return;
    this.queue(full);
    void this.turns.run(() => this.writeAll());
  }

  private queue(block: Buffer | null): void {
    if (block === null) return;
    this.waiting.push(block);
    const bytes = this.waiting.reduce((sum, { length }) => sum + length, 0);
    if (bytes <= this.options.mostWaiting || this.turns.busy) return;
    this.waiting = [];
    this.isGivenUp = true;
  }

  /** Never rejects. */
  private async writeAll(): Promise<void> {
    try {
      while (this.waiting.length > 0) await this.write();
      if (this.left !== null && this.isWorthCompacting(this.left)) await this.compact(this.left);
      this.hasWarned = false;
    } catch (caught) {
      this.left = null;
      if (!this.hasWarned) this.log.warn('what was confirmed could not be written', { error: toError(caught).message });
      this.hasWarned = true;
    }
  }

  private async write(): Promise<void> {
    const blocks = [...this.waiting];
    const file = await open(this.path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const extent = (this.isGivenUp ? null : await this.extentOf(file)) ?? (await this.beginAnew(file));
      const bytes = Buffer.concat(blocks);
      await writeAt(file, bytes, extent.end);
      this.left = { ...extent, end: extent.end + bytes.length, appended: extent.appended + blocks.length };
    } finally {
      await file.close();
    }
    this.waiting.splice(0, blocks.length);
    this.isGivenUp = false;
  }

  /** What is torn at its end is cut off. Null where it is no file of ours. */
  private async extentOf(file: FileHandle): Promise<Extent | null> {
    const start = await startOf(file, this.owner);
    if (start === null) return null;
    const { size } = await file.stat();
    if (size === this.left?.end) return this.left;
    let extent = emptyExtent(start);
    for await (const block of blocksOf(file, start)) extent = block.extent;
    if (extent.end < size) await file.truncate(extent.end);
    return extent;
  }

  private async beginAnew(file: FileHandle): Promise<Extent> {
    const header = headerOf(this.owner);
    await file.truncate(0);
    await writeAt(file, header, 0);
    return emptyExtent(header.length);
  }

  private isWorthCompacting({ end, compacted, appended }: Extent): boolean {
    const { compactFrom, mostSmallBlocks } = this.options;
    if (end < this.compactAgainFrom) return false;
    return (end > compactFrom && end > 2 * compacted) || (appended > mostSmallBlocks && end < appended * smallBlock);
  }

  /** Never rejects: the file is as good as before. */
  private async compact(left: Extent): Promise<void> {
    const temporary = `${this.path}.tmp`;
    try {
      const compacted = await this.compactTo(temporary);
      await whenFree(async () => {
        // Another window that has written meanwhile knows better.
        if ((await stat(this.path)).size !== left.end) throw new Error('somebody else has written to it');
        await this.options.rename(temporary, this.path);
      });
      this.left = compacted;
      this.compactAgainFrom = 0;
    } catch (caught) {
      await rm(temporary, { force: true }).catch(() => undefined);
      this.compactAgainFrom = left.end * 1.5;
      this.log.warn('the file of what was confirmed could not be made smaller', { error: toError(caught).message });
    }
  }

  /** Writes a new file with the last record of each product that is known. Both are closed afterwards: Windows replaces no open file. */
  private async compactTo(temporary: string): Promise<Extent> {
    const source = await open(this.path, constants.O_RDONLY);
    try {
      const start = headerOf(this.owner).length;
      const latest = new HashTable();
      for await (const { records } of blocksOf(source, start))
        for (const { productId, value } of recordsOf(records)) latest.set(keyHash(productId), value);
      const end = await this.writeCompacted(temporary, blocksOf(source, start), latest);
      return { end, compacted: end - start, appended: 0 };
    } finally {
      await source.close();
    }
  }

  private async writeCompacted(path: string, blocks: AsyncIterable<Block>, latest: HashTable): Promise<number> {
    const file = await open(path, 'w', 0o600);
    try {
      let end = 0;
      const append = async (bytes: Buffer | null): Promise<void> => {
        if (bytes === null) return;
        await writeAt(file, bytes, end);
        end += bytes.length;
      };
      await append(headerOf(this.owner));
      const writer = new BlockWriter(true);
      for await (const { records } of blocks)
        for (const { productId, value } of recordsOf(records))
          if (value !== null && latest.take(keyHash(productId), value)) await append(writer.add(productId, value));
      await append(writer.take());
      await file.sync();
      return end;
    } finally {
      await file.close();
    }
  }

  private unreadable(caught: unknown): ShopError {
    return new ShopError(
      'state-unreadable',
      `The file ${this.path}, which holds what was confirmed, can't be read: ${toError(caught).message}.`,
      'Delete the file, then upload the products: that makes known again what Digible has.',
      { cause: caught },
    );
  }
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, position);
  if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
}
