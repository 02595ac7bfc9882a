import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { translate } from '@/lib/intake/segment-spec';
import { parseDefinition } from '@/lib/segment/definition';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { storeRecords } from './events';
import { explain } from './explain';
import { segmentsOfProfile } from './profile-segments';
import { hasProfile, profileOfUser } from './profiles';
import { lists, segments } from './schema';
import { saveSegment } from './segments';
import { workspaceById } from './workspaces';

const { db } = await testDatabase();
const now = new Date('2026-11-21T06:00:00Z');

it('tells of every saved segment whether the profile is in it, lists and references among them', async () => {
  const workspaceId = await testWorkspace(db);
  const neighbour = await testWorkspace(db);
  const call = { type: 'track', userId: 'asha', event: 'Purchased', timestamp: '2026-11-20T00:00:00Z', messageId: 'one' };
  const { records } = translate('batch', { batch: [call] } as Parameters<typeof translate>[1], 0, {
    defaultCountry: null,
    receivedAt: now,
  });
  await storeRecords(db, await workspaceById(db, workspaceId), records, now);
  const profileId = await profileOfUser(db, workspaceId, 'asha');
  const save = (to: typeof workspaceId, key: string, json: unknown) =>
    saveSegment(db, to, { key, name: `The ${key}`, definition: parseDefinition(json) }, null, now);
  await save(workspaceId, 'buyers', { did: 'Purchased', within: { last: { days: 7 } } });
  await save(workspaceId, 'others', { not: { segment: 'buyers' } });
  await save(neighbour, 'theirs', { did: 'Purchased' });
  const listId = randomUUID();
  await db.orm.insert(lists).values({ id: listId, workspaceId, identifier: 'userId', startedAt: now, touchedAt: now, finishedAt: now });
  await db.orm
    .insert(segments)
    .values({ workspaceId, key: 'friends', name: 'The friends', kind: 'list', listId, createdAt: now, updatedAt: now });
  const friends = { key: 'friends', name: 'The friends' };
  const all = (isIn: boolean) => [
    { key: 'buyers', name: 'The buyers', isIn: true },
    { ...friends, isIn },
    { key: 'others', name: 'The others', isIn: false },
  ];
  expect(await segmentsOfProfile(db, workspaceId, profileId, now)).toEqual(all(false));
  await db.sql`insert into list_members (workspace_id, list_id, profile_id) values (${workspaceId}, ${listId}, ${profileId})`;
  expect(await segmentsOfProfile(db, workspaceId, profileId, now)).toEqual(all(true));
  expect(await explain(db, workspaceId, { segment: 'friends' }, profileId, now, now)).toMatchObject({
    answer: true,
    changesAt: null,
    because: { kind: 'segment', name: 'The friends', explained: null },
  });
  expect(await segmentsOfProfile(db, neighbour, profileId, now)).toEqual([{ key: 'theirs', name: 'The theirs', isIn: false }]);
  expect([await hasProfile(db, workspaceId, profileId), await hasProfile(db, neighbour, profileId)]).toEqual([true, false]);
});
