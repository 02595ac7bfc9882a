import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { openSignedRequest } from './signed-request';

const secret = '0123456789abcdef0123456789abcdef';
const now = new Date(1_764_000_030_000);
/** Made apart from this code, for that secret. */
const vector =
  'CMNDQOluZZSmMqifqWo6Id0WR7n_ZxUX9mHaJUNCJS8.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3NjQwMDAwMDB9';

function signed(payload: object | string, key = secret): string {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)).toString('base64url');
  return `${createHmac('sha256', key).update(body).digest('base64url')}.${body}`;
}

const payload = { user_id: '218471', algorithm: 'HMAC-SHA256', issued_at: 1_764_000_000 };

it('opens what Facebook signed', () => {
  const opened = { facebookUserId: '218471', issuedAt: new Date(1_764_000_000_000) };
  expect(openSignedRequest(secret, vector, now)).toEqual(opened);
  expect(openSignedRequest(secret, signed({ ...payload, expires: 0, user_id: 218471 }), now)).toEqual(opened);
});

it('takes nothing that another secret signed, or that was changed after', () => {
  const [signature = '', body = ''] = vector.split('.');
  const forged = Buffer.from(JSON.stringify({ ...payload, user_id: '1' })).toString('base64url');
  const refused = [
    signed(payload, 'another secret'),
    `${signature}.${forged}`,
    `${signature}.${body}.`,
    `.${body}`,
    `${signature}.`,
    body,
    '',
    `${signature.slice(0, -1)}.${body}`,
  ];
  for (const text of refused) expect(openSignedRequest(secret, text, now), text).toBeNull();
});

it('takes no other algorithm, nobody without an id, and nothing that is no JSON', () => {
  const refused = [{ ...payload, algorithm: 'none' }, { ...payload, user_id: '' }, { ...payload, user_id: 'me' }, 'not json', '[]', 'null'];
  for (const wrong of refused) expect(openSignedRequest(secret, signed(wrong), now), JSON.stringify(wrong)).toBeNull();
});

it('takes nothing older than a day, nor from a clock far ahead', () => {
  const at = (seconds: number) => openSignedRequest(secret, signed({ ...payload, issued_at: now.getTime() / 1000 + seconds }), now);
  expect(at(-86_400)).not.toBeNull();
  expect(at(-86_401)).toBeNull();
  expect(at(600)).not.toBeNull();
  expect(at(601)).toBeNull();
});
