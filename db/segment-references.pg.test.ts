import { beforeAll, expect, it } from 'vitest';
import type { WorkspaceId } from '@/lib/auth';
import type { Definition } from '@/lib/segment/definition';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { createDraft } from './campaigns';
import { segmentSources } from './segment-references';
import { reachedBy } from './segment-usage';
import { deleteSegment, saveSegment, segmentByKey, segmentSql } from './segments';

const { db } = await testDatabase();
const now = new Date('2026-03-16T04:30:00Z');
let workspaceId: WorkspaceId;

beforeAll(async () => {
  workspaceId = await testWorkspace(db);
});

const save = (key: string, definition: Definition, name = key.toUpperCase()) =>
  saveSegment(db, workspaceId, { key, name, definition }, null, now);
const email: Definition = { has: 'email' };

it('are loaded through one another, each once', async () => {
  await save('base', email);
  await save('middle', { all: [{ segment: 'base' }, { has: 'phone' }] });
  await save('top', { any: [{ segment: 'middle' }, { segment: 'base' }] });
  const sources = await segmentSources(db, workspaceId, { not: { segment: 'top' } });
  expect([...sources.keys()].sort()).toEqual(['base', 'middle', 'top']);
  expect(sources.get('base')).toEqual({ definition: email });
});

it('to nothing are refused with the path of the key, in a saved segment and in a question', async () => {
  const lost: Definition = { all: [email, { segment: 'nowhere' }] };
  await expect(save('lost', lost)).rejects.toMatchObject({ code: 'unprocessable', field: 'all[1].segment' });
  await expect(segmentSql(db, workspaceId, lost, now)).rejects.toMatchObject({ code: 'unprocessable', field: 'all[1].segment' });
});

it('stay within the workspace', async () => {
  const other = await testWorkspace(db);
  await expect(segmentSources(db, other, { segment: 'base' })).rejects.toMatchObject({ code: 'unprocessable' });
});

it('in a circle are refused, and the message names the circle', async () => {
  await save('a', email, 'First');
  await save('b', { segment: 'a' }, 'Second');
  await save('c', { not: { segment: 'b' } }, 'Third');
  await expect(save('a', { all: [email, { segment: 'c' }] }, 'First')).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('“First” → “Third” → “Second” → “First”'),
    field: 'all[1].segment',
  });
  await expect(save('fresh', { segment: 'fresh' }, 'Fresh')).rejects.toMatchObject({
    message: expect.stringContaining('“Fresh” → “Fresh”'),
  });
  expect((await segmentByKey(db, workspaceId, 'a')).definition).toEqual(email);
});

it('cannot be closed to a circle by two saves at once', async () => {
  for (let round = 0; round < 10; round++) {
    const [one, two] = [`one-${round}`, `two-${round}`];
    await save(one, email);
    await save(two, email);
    const answers = await Promise.allSettled([save(one, { segment: two }), save(two, { segment: one })]);
    expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
    await segmentSql(db, workspaceId, { segment: one }, now);
  }
});

it('may not make a segment that refers to this one too large to compute', async () => {
  const wide = (n: number): Definition => ({ all: Array.from({ length: n }, () => email) });
  await save('grows', wide(10));
  await save('holder', { all: Array.from({ length: 40 }, () => ({ segment: 'grows' })) }, 'Holder');
  await expect(save('grows', wide(11))).rejects.toMatchObject({ code: 'unprocessable', message: expect.stringContaining('“Holder”') });
});

it('keep a segment from being deleted, by name', async () => {
  await save('kept', email);
  await save('leans', { all: [{ segment: 'kept' }, email] }, 'Leans on it');
  await createDraft(db, workspaceId, { name: 'Follows it', segment: 'kept' }, null, now);
  await createDraft(db, workspaceId, { name: 'Speaks of it', definition: { not: { segment: 'kept' } } }, null, now);
  await createDraft(db, workspaceId, { name: 'A mere value', definition: { property: 'segment', op: 'is', value: 'kept' } }, null, now);
  await expect(deleteSegment(db, workspaceId, 'kept', now)).rejects.toMatchObject({
    code: 'conflict',
    message: '“Follows it”, “Speaks of it”, “Leans on it” use this segment.',
  });
  await save('far', { segment: 'leans' }, 'Far');
  await createDraft(db, workspaceId, { name: 'Follows from far', segment: 'far' }, null, now);
  const reached = await reachedBy(db.orm, workspaceId, 'kept');
  expect(reached.campaigns.map((campaign) => campaign.name)).toEqual(['Follows from far', 'Follows it', 'Speaks of it']);
  expect(reached.segments.map((segment) => segment.name)).toEqual(['Leans on it', 'Far']);
  await saveSegment(db, workspaceId, { key: 'far', name: 'Far', definition: email }, null, now);
  await deleteSegment(db, workspaceId, 'leans', now);
  await expect(deleteSegment(db, workspaceId, 'leans', now)).rejects.toMatchObject({ code: 'not_found' });
});
