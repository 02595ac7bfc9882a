import { expect, test } from 'vitest';
import { type CampaignDraft, campaignDraftSchema } from '@/lib/campaign/plan';
import { wherePatchOf, whereValuesOf, whereValuesSchema } from './where-values';

const saved: CampaignDraft = {
  connectionId: '0199c7c0-0000-7000-8000-000000000001',
  adAccountId: 'act_480100000000001',
  adAccountName: 'Northwind – main',
  audience: { new: { name: 'Cart left behind', description: 'Autumn' } },
  mode: 'add',
  adSets: [{ id: '123', name: 'Autumn sale – 1', as: 'exclude' }],
  identifiers: ['email', 'phone'],
};

test('gives back what was saved', () => {
  expect(wherePatchOf(whereValuesOf(saved, undefined))).toEqual(saved);
});

test('names the new audience after the campaign and takes the only connection', () => {
  const values = whereValuesOf({ name: 'Win back' }, 'only');
  expect(values).toMatchObject({ newName: 'Win back', connectionId: 'only', mode: 'mirror', adSets: [] });
  expect(wherePatchOf(values).identifiers).toBeUndefined();
});

test('always makes a draft that can be saved, however unfinished', () => {
  const blank = { ...whereValuesOf({}, undefined), newName: 'x'.repeat(101), identifiers: [] };
  expect(campaignDraftSchema.safeParse(wherePatchOf(blank)).success).toBe(true);
});

test('says what is missing beside its field, all at once', () => {
  const unfinished = { ...whereValuesOf({}, undefined), audienceKind: 'existing', identifiers: ['city'] };
  const issues = whereValuesSchema.safeParse(unfinished).error?.issues ?? [];
  expect(issues.map((issue) => issue.path.join('.'))).toEqual(['connectionId', 'adAccountId', 'existing', 'identifiers']);
});
