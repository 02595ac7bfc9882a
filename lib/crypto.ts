import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Newest first: the first seals, all unseal. */
export type EncryptionKeys = { id: string; key: Buffer }[];

/**
 * `id:base64` pairs with commas between, newest first, as in ENCRYPTION_KEYS.
 * @throws naming the faulty pair by its id alone.
 */
export function parseEncryptionKeys(text: string): EncryptionKeys {
  const keys = text.split(',').map((pair) => {
    const [id = '', encoded = ''] = pair.trim().split(':');
    const key = Buffer.from(encoded, 'base64');
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) throw new Error('must be id:base64 pairs, the id of letters and digits');
    if (key.length !== 32) throw new Error(`key "${id}" must be 32 bytes in base64`);
    return { id, key };
  });
  if (new Set(keys.map((k) => k.id)).size !== keys.length) throw new Error('each key id once');
  return keys;
}

/** AES-256-GCM as `id.nonce.ciphertext.tag`, base64url; the id says which key opens it after a rotation. */
export function seal(keys: EncryptionKeys, plain: string): string {
  const newest = keys[0];
  if (!newest) throw new Error('no encryption key');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', newest.key, nonce);
  cipher.setAAD(Buffer.from(newest.id));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return [newest.id, ...[nonce, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

/** @throws if the key is gone from ENCRYPTION_KEYS or the text was changed. */
export function unseal(keys: EncryptionKeys, sealed: string): string {
  const [id = '', nonce = '', body = '', tag = ''] = sealed.split('.');
  const found = keys.find((k) => k.id === id);
  if (!found) throw new Error(`encryption key "${id}" is not in ENCRYPTION_KEYS`);
  const decipher = createDecipheriv('aes-256-gcm', found.key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(id));
  decipher.setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8');
}

/** For secrets we made: they are random, so an unsalted digest cannot be guessed back. */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** 192 random bits behind a prefix that tells people and scanners what it is. */
export const randomSecret = (prefix: string): string => `${prefix}_${randomBytes(24).toString('base64url')}`;

/** Constant-time, whatever the lengths. */
export const sameSecret = (a: string, b: string): boolean => timingSafeEqual(digestOf(a), digestOf(b));
