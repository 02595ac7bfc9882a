import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syncRuns } from '@/db/schema';
import { identifierBit } from '@/lib/identity/identifiers';
import { openRig, type Rig, type Trap } from './rig';
import { iso } from './shop';

/**
 * One campaign of many members whose engine is killed on the way. `npm run faults -- --members 1000000 --kills 5`; here enough for three
 * requests.
 */

const members = Number(process.env.FAULT_MEMBERS ?? 25_000);
const kills = Number(process.env.FAULT_KILLS ?? 3);

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(30_000);
});
afterAll(() => rig?.close());

/** Everybody with e-mail, phone, names and country. */
async function insertPeople(): Promise<void> {
  const { db, workspaceId } = rig.story;
  const mask = (['email', 'phone', 'firstName', 'lastName', 'country'] as const).reduce((bits, name) => bits | identifierBit[name], 0);
  await db.sql`
    insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, identifier_mask, properties)
    select ${workspaceId}, i, '2026-01-01', '2026-01-01', i % 1000, ${mask}, '{"tier": "in"}' from generate_series(1, ${members}::int) i`;
  await db.sql`
    insert into profile_identifiers (workspace_id, profile_id, email, phone, first_name, last_name, country, fingerprint)
    select ${workspaceId}, i, sha256(('e' || i)::bytea), sha256(('p' || i)::bytea), sha256(('f' || i)::bytea), sha256(('l' || i)::bytea), sha256('in'), i
    from generate_series(1, ${members}::int) i`;
  await db.sql`analyze profiles, profile_identifiers`;
}

/** The first where the difference is about to be committed, the others spread over the requests, at each side of an answer in turn. */
function places(): Pick<Trap, 'step' | 'moment' | 'nth'>[] {
  const requests = Math.ceil(members / 10_000);
  const share = Math.max(1, Math.floor(requests / kills));
  const moments = ['after', 'uncommitted', 'before', 'committed'] as const;
  return Array.from({ length: kills }, (_, i) =>
    i === 0 ? { step: 'freeze', moment: 'uncommitted' } : { step: 'add', moment: moments[i % moments.length] ?? 'after', nth: share },
  );
}

it(`a campaign of ${members.toLocaleString('en')} members, its engine killed ${kills} times on the way, ends equal`, async () => {
  await insertPeople();
  const start = Date.parse('2026-06-01T09:00:00Z');
  const definition = { property: 'tier', op: 'is' as const, value: 'in' };
  const id = await rig.story.campaign({ name: 'Large', definition, audience: { new: { name: 'Large' } } }, iso(start));
  const began = performance.now();
  const told: string[] = [];
  for (const [i, place] of places().entries()) {
    const engine = await rig.engine(iso(start + i * 15 * 60_000));
    const sprung = rig.set({ ...place, act: () => engine.kill().then(() => ({ cut: true })) });
    await engine.ended;
    expect(sprung(), `${place.step} ${place.moment} ${place.nth ?? 1}`).toBe(true);
    told.push(`${Math.round((performance.now() - began) / 1000)} s`);
  }
  await (await rig.engine(iso(start + kills * 15 * 60_000))).ended;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const [run] = await rig.story.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id));
  expect(run).toMatchObject({ state: 'confirmed', added: members, toAdd: members, invalid: 0 });
  const wanted = Array.from({ length: members }, (_, i) =>
    createHash('sha256')
      .update(`e${i + 1}`)
      .digest('hex'),
  ).sort();
  const held = await rig.story.held('Large');
  // Not by toEqual, which would print a million lines.
  expect(held.length).toBe(members);
  expect(held.findIndex((digest, i) => digest !== wanted[i])).toBe(-1);
  process.stdout.write(`\n${members.toLocaleString('en')} members, killed after ${told.join(', ')}; equal after ${seconds} s\n`);
});
