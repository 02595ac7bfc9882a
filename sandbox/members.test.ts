import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RawAnswer, rawGraph, type Sandbox, sandboxAccounts, startSandbox } from '@/tests/support/sandbox';

let sandbox: Sandbox;
let maya: string;
let audience: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  maya = await sandbox.control.token();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  audience = await make();
});

const call = (method: string, path: string, body?: unknown): Promise<RawAnswer> => rawGraph(sandbox.url, maya, method, path, body);
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const emails = (count: number, prefix = 'a'): string[][] => Array.from({ length: count }, (_, i) => [digest(`${prefix}${i}`)]);
const members = async (): Promise<number> => (await sandbox.control.audience(audience)).members;

async function make(fields: Record<string, unknown> = {}): Promise<string> {
  const { body } = await call('POST', `/${sandboxAccounts.main}/customaudiences`, {
    name: 'Buyers',
    subtype: 'CUSTOM',
    customer_file_source: 'USER_PROVIDED_ONLY',
    ...fields,
  });
  return String(body.id);
}

interface Session {
  session_id: number | string;
  batch_seq: number;
  last_batch_flag?: boolean;
}

const add = (schema: unknown, data: unknown, session?: Session): Promise<RawAnswer> =>
  call('POST', `/${audience}/users`, { payload: { schema, data }, ...(session ? { session } : {}) });
const remove = (schema: unknown, data: unknown, session?: Session): Promise<RawAnswer> =>
  call('DELETE', `/${audience}/users`, { payload: { schema, data }, ...(session ? { session } : {}) });

describe('adding', () => {
  test('answers with text ids and counts, and keeps the rows exactly', async () => {
    const row = [digest('mary@example.com'), '', digest('us'), 'aece52e7-03ee-455a-b3c4-e57283966239'];
    const { status, body } = await add(['EMAIL', 'PHONE', 'COUNTRY', 'MADID'], [row]);
    expect(status).toBe(200);
    expect(body).toEqual({
      audience_id: audience,
      session_id: expect.stringMatching(/^\d{19}$/) as string,
      num_received: 1,
      num_invalid_entries: 0,
      invalid_entry_samples: {},
    });
    const stored: unknown[] = [];
    for await (const member of sandbox.control.members(audience)) stored.push(member);
    expect(stored).toEqual([{ EMAIL: row[0], COUNTRY: row[2], MADID: row[3] }]);
  });

  test('the same row again changes nothing, also within one request or in another column order', async () => {
    await add(
      ['EMAIL', 'PHONE'],
      [
        [digest('a'), digest('1')],
        [digest('a'), digest('1')],
      ],
    );
    await add(['EMAIL', 'PHONE'], [[digest('a'), digest('1')]]);
    await add(['PHONE', 'EMAIL'], [[digest('1'), digest('a')]]);
    expect(await members()).toBe(1);
    await add(['EMAIL', 'PHONE'], [[digest('a'), digest('2')]]);
    expect(await members()).toBe(2);
  });

  test('takes 10,000 rows and refuses 10,001 with 1/99', async () => {
    expect((await add(['EMAIL'], emails(10_000))).body.num_received).toBe(10_000);
    expect(await members()).toBe(10_000);
    const refused = await add(['EMAIL'], emails(10_001, 'b'));
    expect(refused.status).toBe(500);
    expect(refused.body.error).toMatchObject({ code: 1, error_subcode: 99 });
    expect(await members()).toBe(10_000);
  });

  test.each([
    ['a short row', ['EMAIL', 'PHONE'], [[digest('a')]]],
    ['a long row', ['EMAIL'], [[digest('a'), '']]],
    ['flat data under a list schema', ['EMAIL'], [digest('a')]],
    ['empty data', ['EMAIL'], []],
    ['no data', ['EMAIL'], undefined],
    ['an unknown key', ['EMAIL', 'SHOE_SIZE'], [[digest('a'), '44']]],
    ['the same key twice', ['EMAIL', 'EMAIL'], [[digest('a'), digest('b')]]],
    ['an empty schema', [], [[]]],
  ])('refuses %s as a mismatch, whole', async (_name, schema, data) => {
    const { status, body } = await add(schema, data);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 100, message: '(#100) Data is missing or does not match schema' });
    expect(body.error).not.toHaveProperty('error_subcode');
    expect(await members()).toBe(0);
  });

  test.each([
    ['a raw e-mail', 'EMAIL', 'mary@example.com', 'invalid EMAIL: not hashed'],
    ['an upper-case digest', 'EMAIL', digest('x').toUpperCase(), 'invalid EMAIL: hash is not lower case'],
    ['an MD5', 'EMAIL', 'd41d8cd98f00b204e9800998ecf8427e', 'invalid EMAIL: looks like MD5, SHA-256 is needed'],
    ['a SHA-1', 'PHONE', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'invalid PHONE: looks like SHA-1, SHA-256 is needed'],
    ['a digest of nothing', 'EMAIL', digest(''), 'invalid EMAIL: hash of an empty value'],
    ['null', 'EMAIL', null, 'invalid EMAIL: not text'],
    ['a hashed advertiser id', 'MADID', digest('x'), 'invalid MADID: must not be hashed'],
    [
      'an upper-case advertiser id',
      'MADID',
      'AECE52E7-03EE-455A-B3C4-E57283966239',
      'invalid MADID: not a lower-case mobile advertiser id',
    ],
    ['a blank external id', 'EXTERN_ID', '', 'empty external ID'],
    ['nothing but blanks', 'EMAIL', '', 'empty row'],
  ])('counts %s invalid, with the row as sent and a reason, and keeps the rest', async (_name, key, cell, reason) => {
    const good = key === 'MADID' ? 'aece52e7-03ee-455a-b3c4-e57283966239' : digest('good');
    const { status, body } = await add([key], [[cell], [good]]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ num_received: 2, num_invalid_entries: 1, invalid_entry_samples: { [JSON.stringify([cell])]: reason } });
    expect(await members()).toBe(1);
  });

  test('gives at most 100 samples', async () => {
    const { body } = await add(
      ['EMAIL'],
      Array.from({ length: 300 }, (_, i) => [`raw${i}@example.com`]),
    );
    expect(body.num_invalid_entries).toBe(300);
    expect(Object.keys(body.invalid_entry_samples as object)).toHaveLength(100);
  });

  test('the legacy form is another data source and the two do not mix', async () => {
    await add(['EMAIL'], emails(1));
    const { body } = await add('EMAIL_SHA256', [digest('b')]);
    expect(body.error).toMatchObject({
      code: 2650,
      message:
        'This audience was created from data source FILE_IMPORTED.MULTI_HASHES, which does not support data source FILE_IMPORTED.HASHES_OR_USER_IDS.',
    });
    audience = await make();
    expect((await add('EMAIL_SHA256', [digest('b'), digest('c')])).status).toBe(200);
    expect((await add('EMAIL', [[digest('d')]])).status).toBe(200);
    expect(await members()).toBe(3);
  });

  test('values need a value-based audience', async () => {
    expect((await add(['EMAIL', 'LOOKALIKE_VALUE'], [[digest('a'), 10.5]])).body.error).toMatchObject({ code: 100 });
    audience = await make({ is_value_based: true });
    expect(
      (
        await add(
          ['EMAIL', 'LOOKALIKE_VALUE'],
          [
            [digest('a'), 10.5],
            [digest('b'), -1],
          ],
        )
      ).body,
    ).toMatchObject({ num_invalid_entries: 1 });
  });

  test('members cannot be read back', async () => {
    expect((await call('GET', `/${audience}/users`)).status).toBe(400);
  });
});

describe('removing', () => {
  test('takes out every row that shares an identifying key, and no other', async () => {
    await add(
      ['EMAIL', 'PHONE', 'COUNTRY'],
      [
        [digest('a'), digest('1'), digest('us')],
        [digest('a'), digest('2'), digest('us')],
        [digest('b'), digest('1'), digest('us')],
        [digest('c'), digest('3'), digest('us')],
      ],
    );
    const { body } = await remove(['EMAIL', 'PHONE', 'COUNTRY'], [[digest('a'), '', digest('us')]]);
    expect(body).toMatchObject({ num_received: 1, num_invalid_entries: 0 });
    expect(await sandbox.control.memberValues(audience, 'EMAIL')).toEqual([digest('b'), digest('c')].sort());
    await remove(['PHONE'], [[digest('1')], [digest('9')]]);
    expect(await sandbox.control.memberValues(audience, 'EMAIL')).toEqual([digest('c')]);
  });

  test('a row without an identifying key leaves by itself alone', async () => {
    await add(
      ['FN', 'LN'],
      [
        [digest('mary'), digest('obrien')],
        [digest('mary'), digest('smith')],
      ],
    );
    await remove(['FN', 'LN'], [[digest('mary'), digest('smith')]]);
    expect(await sandbox.control.memberValues(audience, 'LN')).toEqual([digest('obrien')]);
  });

  test('works with the payload in a JSON body, a form, a multipart body, the query, and by method=DELETE', async () => {
    await add(['EMAIL'], emails(6));
    const payload = (i: number): string => JSON.stringify({ schema: ['EMAIL'], data: emails(6).slice(i, i + 1) });
    const url = `${sandbox.url}/v26.0/${audience}/users`;
    const multipart = new FormData();
    multipart.set('payload', payload(2));
    multipart.set('access_token', maya);
    await remove(['EMAIL'], emails(1));
    await fetch(`${url}?access_token=${maya}`, { method: 'DELETE', body: new URLSearchParams({ payload: payload(1) }) });
    await fetch(url, { method: 'DELETE', body: multipart });
    await fetch(`${url}?access_token=${maya}&payload=${encodeURIComponent(payload(3))}`, { method: 'DELETE' });
    await fetch(`${url}?access_token=${maya}`, { method: 'POST', body: new URLSearchParams({ method: 'DELETE', payload: payload(4) }) });
    expect(await sandbox.control.memberValues(audience, 'EMAIL')).toEqual([digest('a5')]);
    expect(
      (await sandbox.control.requests()).filter((request) => request.audienceId === audience && request.method === 'DELETE'),
    ).toHaveLength(5);
  });

  test('an address over 8 KB is 414 with HTML', async () => {
    const response = await fetch(`${sandbox.url}/v26.0/${audience}/users?payload=${'x'.repeat(700_000)}`, { method: 'DELETE' });
    expect(response.status).toBe(414);
    expect(await response.text()).toContain('<html>');
  });

  test('adding after removing puts the person back', async () => {
    await add(['EMAIL'], emails(3));
    await remove(['EMAIL'], emails(3));
    expect(await members()).toBe(0);
    await add(['EMAIL'], emails(2));
    expect(await members()).toBe(2);
  });

  test('below the floor nothing is removed, if the floor is on', async () => {
    await sandbox.control.settings({ removalFloor: 100, matchRate: 1 });
    await add(['EMAIL'], emails(150));
    expect((await remove(['EMAIL'], emails(40))).status).toBe(200);
    const refused = await remove(['EMAIL'], emails(60));
    expect(refused.status).toBe(403);
    expect(refused.body.error).toMatchObject({ code: 200, error_subcode: 1870047 });
    expect(await members()).toBe(110);
    await sandbox.control.settings({ removalFloor: 0 });
    expect((await remove(['EMAIL'], emails(60))).status).toBe(200);
    expect(await members()).toBe(90);
  });

  test('usersofanyaudience takes people out of every list of the account', async () => {
    await add(['EMAIL'], emails(3));
    const other = await make();
    await call('POST', `/${other}/users`, { payload: { schema: ['EMAIL'], data: emails(3) } });
    await call('DELETE', `/${sandboxAccounts.main}/usersofanyaudience`, { payload: { schema: ['EMAIL'], data: emails(2) } });
    expect(await members()).toBe(1);
    expect((await sandbox.control.audience(other)).members).toBe(1);
  });
});

describe('sessions', () => {
  test('count over their batches and keep a 64-bit id exact', async () => {
    const first = `{"payload":{"schema":["EMAIL"],"data":[["${digest('a')}"]]},"session":{"session_id":9223372036854775807,"batch_seq":1}}`;
    expect((await call('POST', `/${audience}/users`, first)).body).toMatchObject({ session_id: '9223372036854775807', num_received: 1 });
    const second = first.replace('"batch_seq":1', '"batch_seq":2,"last_batch_flag":true').replace(digest('a'), digest('b'));
    expect((await call('POST', `/${audience}/users`, second)).body).toMatchObject({ session_id: '9223372036854775807', num_received: 2 });
  });

  test('take nothing new after the last batch, but a repeated batch', async () => {
    const session = { session_id: 501, batch_seq: 1, last_batch_flag: true };
    await add(['EMAIL'], emails(2), session);
    expect((await add(['EMAIL'], emails(2), session)).status).toBe(200);
    expect((await add(['EMAIL'], emails(4), { ...session, batch_seq: 2 })).body.error).toMatchObject({ code: 100 });
    expect(await members()).toBe(2);
  });

  test('keep one schema and belong to one audience; the id must be positive and batch_seq from 1', async () => {
    await add(['EMAIL'], emails(1), { session_id: 601, batch_seq: 1 });
    expect((await add(['PHONE'], emails(1), { session_id: 601, batch_seq: 2 })).status).toBe(400);
    expect((await add(['EMAIL'], emails(1), { session_id: 602, batch_seq: 0 })).status).toBe(400);
    expect((await add(['EMAIL'], emails(1), { session_id: -5, batch_seq: 1 })).status).toBe(400);
    audience = await make();
    expect((await add(['EMAIL'], emails(1), { session_id: 601, batch_seq: 2 })).status).toBe(400);
  });

  test('end by themselves after 90 minutes', async () => {
    await add(['EMAIL'], emails(1), { session_id: 701, batch_seq: 1 });
    await sandbox.control.clock({ advanceMs: 91 * 60_000 });
    expect((await add(['EMAIL'], emails(2), { session_id: 701, batch_seq: 2, last_batch_flag: true })).status).toBe(400);
    expect(await members()).toBe(1);
  });

  test('tell matches only after the matching time, everything as text', async () => {
    await sandbox.control.settings({ matchingMs: 60_000, matchRate: 0.5 });
    await add(['EMAIL'], emails(100), { session_id: 801, batch_seq: 1, last_batch_flag: true });
    const read = async () => (await call('GET', `/${audience}/sessions?session_id=801`)).body.data?.[0];
    expect(await read()).toMatchObject({
      session_id: '801',
      num_received: '100',
      num_matched: '0',
      num_invalid_entries: '0',
      stage: 'processing',
    });
    await sandbox.control.clock({ advanceMs: 60_001 });
    expect(await read()).toMatchObject({ num_matched: '50', stage: 'completed', progress: '100' });
  });

  test('an assigned id says nothing: other audiences get the same', async () => {
    await sandbox.control.clock({ speed: 0 });
    const mine = (await add(['EMAIL'], emails(1))).body.session_id;
    audience = await make();
    expect((await add(['EMAIL'], emails(1))).body.session_id).toBe(mine);
    await sandbox.control.clock({ speed: 1 });
  });
});

describe('the learning phase', () => {
  test('starts anew in active ad sets when /users changes their audience, not when it changes nothing', async () => {
    const adSet = (await sandbox.control.adSets()).find((item) => item.status === 'ACTIVE');
    const id = adSet?.id ?? '';
    await call('POST', `/${id}`, { targeting: { geo_locations: { countries: ['US'] }, custom_audiences: [audience] } });
    await sandbox.control.changeAdSet(id, { learningResetAt: null });
    await add(['EMAIL'], emails(1));
    expect(await sandbox.control.adSet(id)).toMatchObject({ learningResetBy: 'members' });
    await sandbox.control.changeAdSet(id, { learningResetAt: null });
    await add(['EMAIL'], emails(1));
    expect(await sandbox.control.adSet(id)).toMatchObject({ learningResetBy: null });
  });
});
