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
  stayDays: 30,
  cap: null,
  controlPercent: 2.5,
  changeBrakePercent: null,
  sendBy: 'difference',
  limitedDataUse: true,
  valueFrom: { did: 'Purchased', sum: 'amount', days: 90 },
  customerFileSource: 'BOTH_USER_AND_PARTNER_PROVIDED',
  atEnd: 'empty',
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

test('holds a value of each kind, says what it lacks, and none where it is not shown', () => {
  for (const valueFrom of [null, { property: 'worth' }, { did: 'Purchased', days: 7 }])
    expect(wherePatchOf(whereValuesOf({ ...saved, valueFrom }, undefined)).valueFrom).toEqual(valueFrom);
  const values = whereValuesOf(saved, undefined);
  const worth = (value: object) => ({ ...values, options: { ...values.options, value: { ...values.options.value, ...value } } });
  const fault = (value: object) => whereValuesSchema.safeParse(worth(value)).error?.issues[0]?.message;
  expect(fault({})).toBeUndefined();
  expect(fault({ sum: '' })).toBe('Choose what is added up.');
  expect(fault({ days: 'many' })).toBe('A whole number of days, from 1 to 3,650.');
  expect(fault({ by: 'property' })).toBe('Choose a property.');
  expect(wherePatchOf({ ...values, audienceKind: 'existing' }).valueFrom).toBeNull();
  expect(wherePatchOf({ ...values, live: true })).not.toHaveProperty('stayDays');
});

test('says of the options what is wrong with each, and drops what remove only does not mean', () => {
  const { options, ...values } = whereValuesOf({ ...saved, audience: { existing: '7' } }, undefined);
  const faults = (change: object) =>
    whereValuesSchema
      .safeParse({ ...values, ...change, options: { ...options, ...change } })
      .error?.issues.map((issue) => issue.path.join('.'));
  expect(faults({ stayDays: '200', cap: 'many' })).toEqual(['options.stayDays', 'options.cap']);
  expect(faults({ mode: 'mirror', sendBy: 'replace' })).toEqual(['options.sendBy']);
  expect(faults({ mode: 'remove' })).toBeUndefined();
  expect(wherePatchOf({ ...values, mode: 'remove', options })).toMatchObject({ stayDays: null, atEnd: 'keep', sendBy: 'automatic' });
});
