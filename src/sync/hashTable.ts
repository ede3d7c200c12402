import type { Hash } from './productHash';

/** Numbers a slot takes: hash of the key, hash of the value. */
const width = 4;
const smallest = 1024;
/** Of the slots, so many are in use before it grows. */
const fullest = 0.75;

/**
 * From the hash of a key to the hash of a value, and whether it was seen; 17 bytes a slot outside of the heap, of which three quarters are
 * in use at most. Nothing is ever taken out: what is no longer valid has no value. Values are set before any is compared.
 */
export class HashTable {
  private slots: Uint32Array<ArrayBuffer>;
  private seen: Uint8Array<ArrayBuffer>;
  private used = 0;
  private valid = 0;
  private seenKeys = 0;

  /** `expected`: keys, about. It grows beyond that, which takes twice the memory for a while. */
  constructor(expected = 0) {
    const capacity = Math.max(smallest, Math.ceil(expected / fullest) + 1);
    this.slots = new Uint32Array(capacity * width);
    this.seen = new Uint8Array(capacity);
  }

  /** Sets a key's value; null: it has none any more. */
  set(key: Hash, value: Hash | null): void {
    if (this.used >= this.capacity * fullest) this.grow();
    const slot = this.slotOf(key);
    if (this.hasValue(slot)) this.valid -= 1;
    if (value !== null) this.valid += 1;
    if (!this.isUsed(slot)) this.used += 1;
    this.slots[slot * width] = key.high;
    this.slots[slot * width + 1] = key.low;
    this.slots[slot * width + 2] = value?.high ?? 0;
    this.slots[slot * width + 3] = value?.low ?? 0;
  }

  /** How the key's value compares with this one; marks it as seen. */
  compare(key: Hash, value: Hash | null): 'absent' | 'equal' | 'different' {
    const slot = this.slotOf(key);
    if (!this.hasValue(slot)) return 'absent';
    this.see(slot);
    return value !== null && this.valueIs(slot, value) ? 'equal' : 'different';
  }

  /** True for a key that was not seen and has this value: it is marked as seen. */
  take(key: Hash, value: Hash): boolean {
    const slot = this.slotOf(key);
    return this.valueIs(slot, value) && this.see(slot);
  }

  /** Keys that have a value. */
  get size(): number {
    return this.valid;
  }

  /** Those of them that were not seen. */
  get unseen(): number {
    return this.valid - this.seenKeys;
  }

  private get capacity(): number {
    return this.seen.length;
  }

  private isUsed(slot: number): boolean {
    return this.slots[slot * width] !== 0 || this.slots[slot * width + 1] !== 0;
  }

  private hasValue(slot: number): boolean {
    return this.slots[slot * width + 2] !== 0 || this.slots[slot * width + 3] !== 0;
  }

  /** False where it was seen already. */
  private see(slot: number): boolean {
    if (this.seen[slot] === 1) return false;
    this.seen[slot] = 1;
    this.seenKeys += 1;
    return true;
  }

  private valueIs(slot: number, value: Hash): boolean {
    return this.slots[slot * width + 2] === value.high && this.slots[slot * width + 3] === value.low;
  }

  /** The key's slot, or the free one where it belongs. */
  private slotOf(key: Hash): number {
    const { capacity } = this;
    let slot = Math.floor((key.low * capacity) / 2 ** 32);
    while (this.isUsed(slot) && (this.slots[slot * width] !== key.high || this.slots[slot * width + 1] !== key.low))
      slot = slot + 1 < capacity ? slot + 1 : 0;
    return slot;
  }

  private grow(): void {
    const { slots, seen } = this;
    this.slots = new Uint32Array(slots.length * 2);
    this.seen = new Uint8Array(seen.length * 2);
    for (let from = 0; from < seen.length; from++) {
      const high = slots[from * width] ?? 0;
      const low = slots[from * width + 1] ?? 0;
      if (high === 0 && low === 0) continue;
      const to = this.slotOf({ high, low });
      this.slots.set(slots.subarray(from * width, (from + 1) * width), to * width);
      this.seen[to] = seen[from] ?? 0;
    }
  }
}
