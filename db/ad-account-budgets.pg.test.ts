import { beforeAll, expect, it } from 'vitest';
import { testDatabase } from '@/tests/support/database';
import { spendBudget, tellBudget } from './ad-account-budgets';
import type { Database } from './client';

let db: Database;
beforeAll(async () => {
  ({ db } = await testDatabase());
});

const at = (seconds: number) => new Date(Date.parse('2026-06-01T09:00:00Z') + seconds * 1000);
const told = (percent: number, waitMs = 0, tier: string | null = null) => ({ percent, waitMs, tier });

it('lets an account of the limited tier be called as often as its score allows, less a tenth, and again as it runs off', async () => {
  await tellBudget(db, 'limited', told(0, 0, 'development_access'), at(0));
  const calls = Array.from({ length: 30 }, () => spendBudget(db, 'limited', 'write', at(0)));
  const waits = await Promise.all(calls);
  expect(waits.filter((wait) => wait === 0)).toHaveLength(18);
  expect(Math.max(...waits)).toBe(15_000);
  expect(await spendBudget(db, 'limited', 'write', at(14))).toBeLessThanOrEqual(1_001);
  expect(await spendBudget(db, 'limited', 'write', at(15))).toBe(0);
});

it('remembers what was spent before anybody said that access is limited', async () => {
  for (let i = 0; i < 10; i++) expect(await spendBudget(db, 'later', 'write', at(i))).toBe(0);
  await tellBudget(db, 'later', told(0, 0, 'development_access'), at(10));
  for (let i = 0; i < 8; i++) expect(await spendBudget(db, 'later', 'write', at(10))).toBe(0);
  expect(await spendBudget(db, 'later', 'write', at(10))).toBeGreaterThan(0);
});

it('leaves the account alone as long as an answer has said, whatever a later answer says', async () => {
  expect(await spendBudget(db, 'told', 'read', at(0))).toBe(0);
  await tellBudget(db, 'told', told(100, 1_800_000), at(0));
  await tellBudget(db, 'told', told(3), at(10));
  expect(await spendBudget(db, 'told', 'read', at(600))).toBe(1_200_000);
  expect(await spendBudget(db, 'told', 'read', at(1_800))).toBe(0);
});

it('holds nobody back in another account, nor where nothing is known', async () => {
  await tellBudget(db, 'full', told(95), at(0));
  expect(await spendBudget(db, 'full', 'write', at(30))).toBe(30_000);
  expect(await spendBudget(db, 'other', 'write', at(30))).toBe(0);
});

it('loses nothing to a clock that goes back', async () => {
  for (let i = 0; i < 10; i++) await spendBudget(db, 'back', 'write', at(100));
  await tellBudget(db, 'back', told(0, 0, 'development_access'), at(100));
  for (let i = 0; i < 8; i++) expect(await spendBudget(db, 'back', 'write', at(0))).toBe(0);
  expect(await spendBudget(db, 'back', 'write', at(0))).toBeGreaterThan(0);
});
