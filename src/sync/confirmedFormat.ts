/**
 * What was confirmed, as bytes: a line of JSON that says whose it is, then blocks of records, each with its length and a checksum. A
 * block that a crash has torn, and whatever follows it, is not part of the file.
 */
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { ConfirmedRecord } from './ports';
import type { Hash } from './productHash';
import type { StateOwner } from './stateFile';

const version = 1;
/** Bytes of a block's records, about. */
export const blockSize = 64 * 1024;
/** Bytes of a key in UTF-8, at most: of 450 characters, and more than enough. */
const longestKey = 4096;
const blockHead = 8;
/** Bytes read at once, about: a run that confirms a few products writes a block of their size, and there may be thousands of these. */
const readSize = 256 * 1024;
/** Bytes of a record besides its key: the key's length and the hash. */
const recordRest = 10;
/** In a block's length: written when the file was compacted. */
const compactedFlag = 0x8000_0000;

/** What there is of a file. */
export interface Extent {
  /** Where the next block belongs, bytes. */
  readonly end: number;
  /** Bytes of it that were written when it was compacted. */
  readonly compacted: number;
  /** Blocks that were written since. */
  readonly appended: number;
}

/** A file whose blocks end here. */
export function emptyExtent(start: number): Extent {
  return { end: start, compacted: 0, appended: 0 };
}

export function headerOf({ shop, account }: StateOwner): Buffer {
  return Buffer.from(`${JSON.stringify({ confirmed: version, shop, account })}\n`);
}

/** Gathers records to blocks. */
export class BlockWriter {
  private block = Buffer.allocUnsafe(blockHead + blockSize);
  private filled = blockHead;

  constructor(private readonly isCompacted = false) {}

  /** A block where this record makes one full, otherwise null. A key that no product table has is passed over. */
  add(productId: string, value: Hash | null): Buffer | null {
    const size = Buffer.byteLength(productId);
    if (size > longestKey) return null;
    const full = this.filled + size + recordRest > this.block.length ? this.take() : null;
    let at = this.block.writeUInt16LE(size, this.filled);
    at += this.block.write(productId, at);
    at = this.block.writeUInt32LE(value?.high ?? 0, at);
    this.filled = this.block.writeUInt32LE(value?.low ?? 0, at);
    return full;
  }

  /** What there is by now; null where there is nothing. */
  take(): Buffer | null {
    const { block, filled } = this;
    if (filled === blockHead) return null;
    block.writeUInt32LE((filled - blockHead + (this.isCompacted ? compactedFlag : 0)) >>> 0, 0);
    block.writeUInt32LE(crc32(block.subarray(blockHead, filled)), 4);
    this.block = Buffer.allocUnsafe(blockHead + blockSize);
    this.filled = blockHead;
    return block.subarray(0, filled);
  }
}

/** Where the blocks begin; null where it is no file of this owner. */
export async function startOf(file: FileHandle, owner: StateOwner): Promise<number | null> {
  const expected = headerOf(owner);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(expected.length), 0, expected.length, 0);
  return bytesRead === expected.length && buffer.equals(expected) ? expected.length : null;
}

/** The blocks' records, as they lie in the file. */
export async function* blocksOf(file: Pick<FileHandle, 'read'>, start: number): AsyncGenerator<Block> {
  const buffer = Buffer.allocUnsafe(blockHead + blockSize + readSize);
  let extent = emptyExtent(start);
  let unread = buffer.subarray(0, 0);
  for (;;) {
    let block = wholeBlockIn(unread);
    if (block === null) {
      const rest = unread.copy(buffer);
      const { bytesRead } = await file.read(buffer, rest, buffer.length - rest, extent.end + rest);
      unread = buffer.subarray(0, rest + bytesRead);
      block = wholeBlockIn(unread);
      if (block === null) return;
    }
    const { records, length, isCompacted } = block;
    extent = {
      end: extent.end + length,
      compacted: extent.compacted + (isCompacted ? length : 0),
      appended: extent.appended + (isCompacted ? 0 : 1),
    };
    unread = unread.subarray(length);
    yield { records, extent };
  }
}

/** The block that these bytes begin with; `length`: bytes of it. Null where it is not whole. */
function wholeBlockIn(
  bytes: Buffer,
): { readonly records: Buffer; readonly length: number; readonly isCompacted: boolean } | null {
  if (bytes.length < blockHead) return null;
  const head = bytes.readUInt32LE(0);
  const size = head % compactedFlag;
  const length = blockHead + size;
  const records = bytes.subarray(blockHead, length);
  if (size === 0 || length > bytes.length || crc32(records) !== bytes.readUInt32LE(4)) return null;
  return { records, length, isCompacted: head >= compactedFlag };
}

/** `records`: valid until the next block is asked for. `extent`: of the file up to and with this block. */
export interface Block {
  readonly records: Buffer;
  readonly extent: Extent;
}

export function recordsOf(records: Buffer): ConfirmedRecord[] {
  const found: ConfirmedRecord[] = [];
  for (let at = 0; at < records.length;) {
    const key = at + 2;
    const end = key + records.readUInt16LE(at);
    const [high, low] = [records.readUInt32LE(end), records.readUInt32LE(end + 4)];
    const value = high === 0 && low === 0 ? null : { high, low };
    found.push({ productId: records.toString('utf8', key, end), value });
    at = end + 8;
  }
  return found;
}
