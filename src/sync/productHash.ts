import { hash } from 'node:crypto';
import type { Product } from './model';

/** The first 8 bytes of a SHA-256, as two unsigned 32-bit numbers; never both 0. */
export interface Hash {
  readonly high: number;
  readonly low: number;
}

/** Of a product's key. Two of a million products share one with a probability of 1 in 30 million. */
export function keyHash(productId: string): Hash {
  return hashOf(productId);
}

/** Of what Digible is sent besides the key. */
export function valueHash({ productName, sellPrice }: Pick<Product, 'productName' | 'sellPrice'>): Hash {
  const name = productName ?? '';
  // The length keeps a name that ends in digits apart from the price.
  return hashOf(`${name.length}:${name}${sellPrice ?? ''}`);
}

function hashOf(text: string): Hash {
  // As a string: a million Buffers would wait for the garbage collector outside of its heap.
  const bytes = hash('sha256', text, 'binary');
  const high = bigEndian(bytes, 0);
  const low = bigEndian(bytes, 4);
  return high === 0 && low === 0 ? { high, low: 1 } : { high, low };
}

function bigEndian(bytes: string, at: number): number {
  const upper = (bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16);
  return (upper | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;
}
