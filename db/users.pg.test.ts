import { expect, it } from 'vitest';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { memberships } from './schema';
import { admitPerson } from './users';

const { db } = await testDatabase();
const now = new Date('2026-11-01T00:00:00Z');
const person = (facebookId: string) => ({ facebookId, name: `Person ${facebookId}`, email: null, image: null });

it('makes one first owner of two who sign in at the same moment, and turns the others away', async () => {
  const first = await testWorkspace(db);
  const admitted = await Promise.all(['1', '2', '3', '4'].map((id) => admitPerson(db, person(id), now)));
  expect(admitted.filter((each) => each !== null)).toHaveLength(1);
  const members = await db.orm.select().from(memberships);
  expect(members).toMatchObject([{ workspaceId: first, role: 'owner' }]);
});

it('lets the owner in again, who adopts workspaces made meanwhile by command', async () => {
  const made = await testWorkspace(db, { name: 'Second' });
  const [owner] = (await Promise.all(['1', '2', '3', '4'].map((id) => admitPerson(db, person(id), now)))).filter((each) => each !== null);
  expect(owner).toBeTruthy();
  expect((await db.orm.select().from(memberships)).map((each) => each.workspaceId)).toContain(made);
});
