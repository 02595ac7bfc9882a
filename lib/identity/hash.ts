import { createHash } from 'node:crypto';
import { type Identifier, identifiers } from './identifiers';

/** What is stored of each identifier: SHA-256 as lower-case hex; the mobile advertiser id as it is, because Facebook takes it plain. */
export type Digests = Partial<Record<Identifier, string>>;

/** @param normalized what lib/identity/normalize.ts returned; never empty. */
export function digest(identifier: Identifier, normalized: string): string {
  if (identifier === 'mobileAdvertiserId') return normalized;
  return createHash('sha256').update(normalized, 'utf8').digest('hex');
}

/** Signed 64 bits over all identifiers: equal exactly when the row that would be sent is equal. */
export function fingerprint(digests: Digests): bigint {
  const hash = createHash('sha256');
  for (const identifier of identifiers) {
    const value = digests[identifier];
    if (value !== undefined) hash.update(`${identifier}=${value}\n`);
  }
  return hash.digest().readBigInt64BE(0);
}
