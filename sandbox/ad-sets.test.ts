import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type RawAnswer,
  rawGraph,
  type Sandbox,
  sandboxAccounts,
  sandboxPeople,
  startSandbox,
  systemUserToken,
} from '@/tests/support/sandbox';

let sandbox: Sandbox;
let maya: string;
const { main, newMarket } = sandboxAccounts;

beforeAll(async () => {
  sandbox = await startSandbox();
  maya = await sandbox.control.token();
});
afterAll(() => sandbox.stop());

const call = (method: string, path: string, body?: unknown, token = maya): Promise<RawAnswer> =>
  rawGraph(sandbox.url, token, method, path, body);

async function makeAudience(account: string, name = 'Buyers'): Promise<string> {
  const { body } = await call('POST', `/${account}/customaudiences`, {
    name,
    subtype: 'CUSTOM',
    customer_file_source: 'USER_PROVIDED_ONLY',
  });
  return String(body.id);
}

async function anAdSet(status: string): Promise<string> {
  const found = (await sandbox.control.adSets()).find(
    (adSet) =>
      adSet.status === status && adSet.accountId === main.slice(4) && !('location_types' in (adSet.targeting.geo_locations as object)),
  );
  return found?.id ?? '';
}

describe('ad accounts', () => {
  test('are listed with status, business and terms as the caller sees them', async () => {
    const { body } = await call(
      'GET',
      '/me/adaccounts?fields=name,account_status,disable_reason,currency,timezone_name,business,tos_accepted,user_tos_accepted,user_tasks&limit=50',
    );
    const byId = new Map(body.data?.map((account) => [account.id, account]));
    expect(byId.get(main)).toMatchObject({
      account_status: 1,
      currency: 'USD',
      timezone_name: 'America/New_York',
      tos_accepted: { custom_audience_tos: 1 },
      business: { name: 'Northwind Trading' },
    });
    expect(byId.get(newMarket)).toMatchObject({ account_status: 1, tos_accepted: {}, user_tos_accepted: {} });
    expect(byId.get(sandboxAccounts.disabled)).toMatchObject({ account_status: 2, disable_reason: 3 });
    expect(byId.get(sandboxAccounts.closed)).toMatchObject({ account_status: 101 });
    expect(byId.get(sandboxAccounts.personal)).not.toHaveProperty('business');
    expect(byId.has(sandboxAccounts.foreign)).toBe(false);
  });

  test('a person without ad accounts gets an empty list and no paging', async () => {
    const sam = await sandbox.control.token({ personId: sandboxPeople.sam });
    expect((await call('GET', '/me/adaccounts', undefined, sam)).body).toEqual({ data: [] });
  });

  test("somebody else's account is as if it did not exist", async () => {
    const { status, body } = await call('GET', `/${sandboxAccounts.foreign}?fields=name`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' });
  });

  test('without fields only the ids; an unknown field is refused', async () => {
    expect((await call('GET', `/${main}`)).body).toEqual({ id: main, account_id: main.slice(4) });
    expect((await call('GET', `/${main}?fields=name,nonsense`)).body.error).toMatchObject({
      code: 100,
      message: '(#100) Tried accessing nonexisting field (nonsense) on node type (AdAccount)',
    });
  });

  test('a privileged field without MANAGE fails the whole request with 10', async () => {
    const tom = await sandbox.control.token({ personId: sandboxPeople.tom });
    const { status, body } = await call('GET', `/${main}?fields=name,funding_source`, undefined, tom);
    expect(status).toBe(403);
    expect(body.error).toMatchObject({ code: 10 });
  });
});

describe('ad sets', () => {
  test('come in pages by cursor, newest first, with next only if there is more', async () => {
    const seen: string[] = [];
    let after = '';
    let total = 0;
    for (let pages = 0; pages < 10; pages += 1) {
      const { body } = await call('GET', `/${main}/adsets?fields=id,name&limit=20${after}&summary=total_count`);
      seen.push(...(body.data ?? []).map((adSet) => String(adSet.id)));
      const paging = body.paging as { cursors: { after: string }; next?: string };
      total = (body.summary as { total_count: number }).total_count;
      if (!paging.next) break;
      after = `&after=${paging.cursors.after}`;
    }
    expect(total).toBeGreaterThan(60);
    expect(new Set(seen).size).toBe(total);
    expect(seen).toHaveLength(total);
    expect(seen).toEqual([...seen].sort().reverse());
    for (const id of seen) expect(id).toMatch(/^\d{17,18}$/);
  });

  test('next is a whole address that works by itself', async () => {
    const { body } = await call('GET', `/${main}/adsets?limit=2`);
    const next = (body.paging as { next: string }).next;
    const page = (await (await fetch(next)).json()) as { data: unknown[]; paging: { previous?: string } };
    expect(page.data).toHaveLength(2);
    expect(page.paging.previous).toBeTruthy();
  });

  test('default to 25 and ids; a heavy page is code 1', async () => {
    const { body } = await call('GET', `/${main}/adsets`);
    expect(body.data).toHaveLength(25);
    expect(Object.keys(body.data?.[0] ?? {})).toEqual(['id']);
    const heavy = await call('GET', `/${main}/adsets?limit=5000`);
    expect(heavy.status).toBe(500);
    expect(heavy.body.error).toMatchObject({ code: 1 });
  });

  test('are filtered by effective status; deleted and archived ones only if asked for', async () => {
    const statuses = async (filter: string) =>
      new Set(
        ((await call('GET', `/${main}/adsets?fields=effective_status&limit=100${filter}`)).body.data ?? []).map(
          (adSet) => adSet.effective_status,
        ),
      );
    expect(await statuses('')).toEqual(new Set(['ACTIVE', 'PAUSED', 'CAMPAIGN_PAUSED']));
    expect(await statuses(`&effective_status=${JSON.stringify(['ARCHIVED', 'DELETED'])}`)).toEqual(new Set(['ARCHIVED', 'DELETED']));
    expect((await call('GET', `/${main}/adsets?effective_status=["NONSENSE"]`)).body.error).toMatchObject({ code: 100 });
  });

  test('are searched by name, and unsupported filters are refused', async () => {
    const filtering = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
    const { body } = await call(
      'GET',
      `/${main}/adsets?fields=name,campaign{name}&filtering=${filtering([{ field: 'name', operator: 'CONTAIN', value: 'autumn sale – canada' }])}`,
    );
    expect(body.data?.length).toBeGreaterThan(0);
    for (const adSet of body.data ?? []) expect(adSet).toMatchObject({ campaign: { name: 'Autumn sale' } });
    expect(
      (await call('GET', `/${main}/adsets?filtering=${filtering([{ field: 'colour', operator: 'EQUAL', value: 'red' }])}`)).body.error,
    ).toMatchObject({ code: 100 });
  });
});

describe('writing targeting', () => {
  test('overwrites the whole object, and reading adds the names of audiences', async () => {
    const audience = await makeAudience(main, 'Second-time buyers');
    const id = await anAdSet('ACTIVE');
    const before = (await call('GET', `/${id}?fields=targeting`)).body.targeting as Record<string, unknown>;
    expect(before).toHaveProperty('age_min');
    const written = await call('POST', `/${id}`, {
      targeting: { geo_locations: { countries: ['US'] }, custom_audiences: [{ id: audience }], excluded_custom_audiences: [audience] },
    });
    expect(written.body).toEqual({ success: true });
    expect((await call('GET', `/${id}?fields=targeting`)).body.targeting).toEqual({
      geo_locations: { countries: ['US'] },
      custom_audiences: [{ id: audience, name: 'Second-time buyers' }],
      excluded_custom_audiences: [{ id: audience, name: 'Second-time buyers' }],
    });
    expect(await sandbox.control.adSet(id)).toMatchObject({ learningResetBy: 'targeting' });
  });

  test('takes targeting as JSON text in a form too', async () => {
    const id = await anAdSet('PAUSED');
    const body = new URLSearchParams({ targeting: JSON.stringify({ geo_locations: { countries: ['FR'] } }) });
    const response = await fetch(`${sandbox.url}/v26.0/${id}?access_token=${maya}`, { method: 'POST', body });
    expect(await response.json()).toEqual({ success: true });
    expect((await sandbox.control.adSet(id)).targeting).toEqual({ geo_locations: { countries: ['FR'] } });
  });

  test('with validate_only changes nothing', async () => {
    const id = await anAdSet('ACTIVE');
    const before = await sandbox.control.adSet(id);
    expect(
      (await call('POST', `/${id}`, { targeting: { geo_locations: { countries: ['DE'] } }, execution_options: ['validate_only'] })).body,
    ).toEqual({ success: true });
    expect(await sandbox.control.adSet(id)).toEqual(before);
  });

  test.each([
    ['an unknown audience', { geo_locations: { countries: ['US'] }, custom_audiences: [{ id: '999999999999999999' }] }, 1487301],
    ['location types', { geo_locations: { countries: ['US'], location_types: ['home'] } }, 1870199],
    ['connections', { geo_locations: { countries: ['US'] }, connections: [{ id: '1' }] }, 1870088],
    [
      'an age limit under Advantage+',
      { geo_locations: { countries: ['US'] }, age_max: 50, targeting_automation: { advantage_audience: 1 } },
      1870189,
    ],
    ['a wrong Advantage+ flag', { geo_locations: { countries: ['US'] }, targeting_automation: { advantage_audience: '1' } }, 1870196],
  ])('refuses %s', async (_name, targeting, subcode) => {
    const { status, body } = await call('POST', `/${await anAdSet('ACTIVE')}`, { targeting });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 100, error_subcode: subcode });
    expect(body.error).toHaveProperty('error_data.blame_field_specs');
  });

  test("refuses another account's audience, and more than 500 of them", async () => {
    await sandbox.control.setTerms({ accepted: true, accountId: newMarket });
    const foreign = await makeAudience(newMarket);
    await sandbox.control.setTerms({ accepted: false, accountId: newMarket });
    const id = await anAdSet('ACTIVE');
    expect((await call('POST', `/${id}`, { targeting: { custom_audiences: [foreign] } })).body.error).toMatchObject({
      error_subcode: 1487301,
    });
    expect(
      (await call('POST', `/${id}`, { targeting: { custom_audiences: Array.from({ length: 501 }, () => foreign) } })).body.error,
    ).toMatchObject({ code: 100 });
  });

  test('refuses archived and deleted ad sets', async () => {
    const targeting = { geo_locations: { countries: ['US'] } };
    expect((await call('POST', `/${await anAdSet('ARCHIVED')}`, { targeting })).body.error).toMatchObject({ error_subcode: 1487056 });
    expect((await call('POST', `/${await anAdSet('DELETED')}`, { targeting })).body.error).toMatchObject({ error_subcode: 1487056 });
    expect((await call('POST', `/${await anAdSet('ARCHIVED')}`, { name: 'Old one' })).body).toEqual({ success: true });
  });

  test('refuses custom audiences until the terms are accepted', async () => {
    const audience = await makeAudience(main);
    await sandbox.control.setTerms({ accepted: false, accountId: main });
    const { body, status } = await call('POST', `/${await anAdSet('ACTIVE')}`, { targeting: { custom_audiences: [audience] } });
    expect(status).toBe(403);
    expect(body.error).toMatchObject({ code: 200, error_subcode: 1870034, error_user_title: 'Custom Audience Terms Not Accepted' });
    await sandbox.control.setTerms({ accepted: true, accountId: main });
  });

  test('an ad set whose audience was deleted has issues', async () => {
    const audience = await makeAudience(main);
    const id = await anAdSet('ACTIVE');
    await call('POST', `/${id}`, { targeting: { geo_locations: { countries: ['US'] }, custom_audiences: [audience] } });
    await call('DELETE', `/${audience}`);
    const { body } = await call('GET', `/${id}?fields=issues_info`);
    expect(body.issues_info).toMatchObject([{ level: 'AD_SET', error_type: 'HARD_ERROR', additional_info: audience }]);
  });
});

describe('versions and protocol', () => {
  test('a marketing call without a version, or with an ended one, is 2635', async () => {
    const bare = await fetch(`${sandbox.url}/${main}/adsets?access_token=${systemUserToken}`);
    expect(bare.status).toBe(400);
    expect(await bare.json()).toMatchObject({ error: { code: 2635 } });
    expect((await fetch(`${sandbox.url}/v23.0/${main}?access_token=${systemUserToken}`)).status).toBe(400);
    expect((await fetch(`${sandbox.url}/v27.0/${main}?access_token=${systemUserToken}`)).status).toBe(400);
    const v25 = await fetch(`${sandbox.url}/v25.0/${main}?access_token=${systemUserToken}`);
    expect(v25.headers.get('facebook-api-version')).toBe('v25.0');
    expect(v25.headers.get('x-ad-api-version-warning')).toBeNull();
  });

  test('v24 is upgraded with a warning, or refused by a switch', async () => {
    const ask = () => fetch(`${sandbox.url}/v24.0/${main}?access_token=${systemUserToken}`);
    expect((await ask()).headers.get('x-ad-api-version-warning')).toContain('v25.0');
    await sandbox.control.settings({ endedVersions: 'fail' });
    expect(await (await ask()).json()).toMatchObject({ error: { code: 2635 } });
    await sandbox.control.settings({ endedVersions: 'upgrade' });
  });

  test('ids at the root and date_format are gone; unknown parameters and a GET with a body are not minded', async () => {
    const ids = await call('GET', '/?ids=1,2');
    expect(ids.status).toBe(500);
    expect(ids.body.error).toMatchObject({ code: 100 });
    expect((await call('GET', `/${main}?date_format=U`)).body.error).toMatchObject({ code: 100 });
    expect((await call('GET', `/${main}?pretty=1&nonsense=2`)).status).toBe(200);
  });

  test('an unknown path is 2500 and an unknown object 100/33', async () => {
    expect((await call('GET', `/${main}/nonsense`)).body.error).toMatchObject({ code: 2500 });
    expect((await call('GET', '/123456789012345678')).body.error).toMatchObject({ code: 100, error_subcode: 33 });
  });
});
