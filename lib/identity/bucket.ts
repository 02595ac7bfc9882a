/**
 * 0–999, evenly spread and fixed for life: splits, control groups and samples lean on it, so this function must never change.
 * @param profileId decimal text below 2^53.
 */
export function bucketOf(profileId: string): number {
  const id = Number(profileId);
  // The finalizer of MurmurHash3 over both halves of the id.
  return mix(mix(Math.floor(id / 2 ** 32) ^ 0x9e3779b9) ^ (id >>> 0)) % 1000;
}

function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
