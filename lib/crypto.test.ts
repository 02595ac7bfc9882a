import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { parseEncryptionKeys, sameSecret, seal, unseal } from './crypto';
import { parseEnv } from './env';

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

/** The sealed text with the first character of one part another: the last may hold bits that mean nothing. */
function changedIn(sealed: string, part: number): string {
  const parts = sealed.split('.');
  parts[part] = (parts[part] ?? '').replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  return parts.join('.');
}

it('opens with an old key what was sealed before a rotation', () => {
  const old = key('2025');
  const sealed = seal(parseEncryptionKeys(old), 'token');
  const rotated = parseEncryptionKeys(`${key('2026')},${old}`);
  expect(unseal(rotated, sealed)).toBe('token');
  expect(seal(rotated, 'token')).toMatch(/^2026\./);
  expect(seal(rotated, 'token')).not.toBe(seal(rotated, 'token'));
});

it('does not open what was changed, or sealed by a key that is gone', () => {
  const keys = parseEncryptionKeys(key('a'));
  const sealed = seal(keys, 'token');
  for (const part of [1, 2, 3]) expect(() => unseal(keys, changedIn(sealed, part))).toThrow();
  expect(() => unseal(parseEncryptionKeys(key('b')), sealed)).toThrow('"a" is not in ENCRYPTION_KEYS');
  expect(() => parseEncryptionKeys('a:short')).toThrow('32 bytes');
  expect(sameSecret('a', 'ab')).toBe(false);
});

it('names every fault of the environment at once, and never a value', () => {
  const faulty = { DATABASE_URL: 'mysql://secret', NEXTAUTH_SECRET: 'short-secret', ENCRYPTION_KEYS: 'a:b', PORT: '0' };
  expect(() => parseEnv(faulty)).toThrow(/DATABASE_URL[\s\S]*PORT[\s\S]*NEXTAUTH_SECRET[\s\S]*ENCRYPTION_KEYS/);
  try {
    parseEnv(faulty);
  } catch (error) {
    expect(String(error)).not.toMatch(/mysql|short-secret/);
  }
});

it('never takes a sandbox that is not on this machine', () => {
  const right = {
    DATABASE_URL: 'postgres://x',
    NEXTAUTH_SECRET: 'x'.repeat(32),
    ENCRYPTION_KEYS: key('a'),
    FACEBOOK_APP_ID: '1',
    FACEBOOK_APP_SECRET: 's',
  };
  expect(parseEnv({ ...right, DATABASE_URL: 'postgres://x' }).facebook.version).toBe('v26.0');
  expect(() => parseEnv({ ...right, BECKON_SANDBOX_URL: 'https://evil.example' })).toThrow('BECKON_SANDBOX_URL');
});
