import { expect, it } from 'vitest';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { createDraft } from './campaigns';
import { sizesOfAudience } from './runs';

const { db } = await testDatabase();
const hourMs = 3_600_000;

it('shows of an audience that is measured every hour the last days whole, and before them one measurement a day', async () => {
  const workspaceId = await testWorkspace(db);
  const { id } = await createDraft(db, workspaceId, { name: 'Hourly' }, null, new Date());
  const [audience] = await db.sql<{ id: number }[]>`
    insert into audiences (workspace_id, campaign_id, ad_account_id, name, mark, schema, made, created_at)
    select ${workspaceId}, ${id}::uuid, 'act_1', 'Hourly', 'beckon:hourly', '{EMAIL}', true, now() returning id`;
  const last = Date.parse('2026-11-20T23:00:00Z');
  const hours = 100 * 24;
  await db.sql`
    insert into audience_sizes (workspace_id, audience_id, at, members, facebook_lower)
    select ${workspaceId}, ${audience?.id ?? 0}, ${new Date(last).toISOString()}::timestamptz - make_interval(hours => n), n, 1000 from generate_series(0, ${hours - 1}::int) n`;
  const sizes = await sizesOfAudience(db, workspaceId, id);
  const ages = sizes.map(({ at }) => (last - at.getTime()) / hourMs);
  expect(ages.slice(-200)).toEqual(Array.from({ length: 200 }, (_, i) => 199 - i));
  expect(ages.slice(0, -200)).toEqual(Array.from({ length: 91 }, (_, i) => (99 - i) * 24));
  expect(sizes.at(-1)).toEqual({ at: new Date(last), members: 0, facebookLower: 1000, facebookUpper: null });
});
