/**
 * Multimap from a 64-bit fingerprint to row numbers, in typed arrays: 12 bytes an entry over the load factor, nothing on the
 * JavaScript heap. Split into shards so that growing never copies more than a sixty-fourth at once.
 */

const shardCount = 64;
const firstSlots = 16;

/** slots hold [lo, hi, row + 1] thrice a slot; row + 1 = 0 is empty. */
interface Shard {
  slots: Uint32Array;
  mask: number;
  used: number;
}

export class CellIndex {
  private readonly shards: Shard[] = Array.from({ length: shardCount }, () => ({
    slots: new Uint32Array(firstSlots * 3),
    mask: firstSlots - 1,
    used: 0,
  }));

  /** `isAlive` lets growth drop the entries of rows that were removed. */
  constructor(private readonly isAlive: (row: number) => boolean) {}

  insert(lo: number, hi: number, row: number): void {
    const shard = this.shardOf(lo);
    if ((shard.used + 1) * 4 > (shard.mask + 1) * 3) this.grow(shard);
    place(shard, lo, hi, row + 1);
  }

  /** Living rows that carry the fingerprint, appended to `into`. */
  find(lo: number, hi: number, into: number[]): void {
    const { slots, mask } = this.shardOf(lo);
    for (let slot = hi & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 3;
      const entry = slots[at + 2] ?? 0;
      if (entry === 0) return;
      if (slots[at] === lo && slots[at + 1] === hi && this.isAlive(entry - 1)) into.push(entry - 1);
    }
  }

  private shardOf(lo: number): Shard {
    return this.shards[lo & (shardCount - 1)] as Shard;
  }

  private grow(shard: Shard): void {
    const old = shard.slots;
    let alive = 0;
    for (let at = 2; at < old.length; at += 3) {
      const entry = old[at] ?? 0;
      if (entry !== 0 && this.isAlive(entry - 1)) alive += 1;
    }
    const capacity = shard.mask + 1;
    const next = (alive + 1) * 2 > capacity ? capacity * 2 : capacity;
    shard.slots = new Uint32Array(next * 3);
    shard.mask = next - 1;
    shard.used = 0;
    for (let at = 0; at < old.length; at += 3) {
      const entry = old[at + 2] ?? 0;
      if (entry !== 0 && this.isAlive(entry - 1)) place(shard, old[at] ?? 0, old[at + 1] ?? 0, entry);
    }
  }
}

function place(shard: Shard, lo: number, hi: number, entry: number): void {
  const { slots, mask } = shard;
  let slot = hi & mask;
  while ((slots[slot * 3 + 2] ?? 0) !== 0) slot = (slot + 1) & mask;
  slots[slot * 3] = lo;
  slots[slot * 3 + 1] = hi;
  slots[slot * 3 + 2] = entry;
  shard.used += 1;
}
