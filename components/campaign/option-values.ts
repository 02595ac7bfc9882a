import { z } from 'zod';
import { type MemberValue, memberValueSchema } from '@/lib/campaign/member-value';
import { type CampaignDraft, campaignDraftSchema, customerFileSources, defaultOptions } from '@/lib/campaign/plan';

const draft = campaignDraftSchema.shape;

/** What the options hold while they are typed: a number as its text, empty for none. */
export const optionValuesSchema = z.object({
  stayDays: z.string(),
  cap: z.string(),
  controlPercent: z.string(),
  changeBrakePercent: z.string(),
  sendBy: z.enum(['automatic', 'difference', 'replace']),
  limitedDataUse: z.boolean(),
  customerFileSource: z.enum(customerFileSources),
  atEnd: z.enum(['keep', 'empty', 'detach']),
  /** What a member is worth; the fields of every kind at once. */
  value: z.object({
    by: z.enum(['none', 'property', 'sum', 'count']),
    property: z.string(),
    event: z.string(),
    sum: z.string(),
    days: z.string(),
  }),
});
export type OptionValues = z.infer<typeof optionValuesSchema>;

const numbers = ['stayDays', 'cap', 'controlPercent', 'changeBrakePercent'] as const;

export function optionValuesOf(plan: CampaignDraft): OptionValues {
  const value = { ...defaultOptions, ...plan };
  const text = (name: (typeof numbers)[number]) => String(value[name] ?? '');
  return {
    stayDays: text('stayDays'),
    cap: text('cap'),
    controlPercent: text('controlPercent'),
    changeBrakePercent: text('changeBrakePercent'),
    sendBy: value.sendBy,
    limitedDataUse: value.limitedDataUse,
    customerFileSource: value.customerFileSource,
    atEnd: plan.atEnd ?? 'keep',
    value: worthOf(value.valueFrom),
  };
}

function worthOf(from: MemberValue | null): OptionValues['value'] {
  const blank = { by: 'none' as const, property: '', event: '', sum: '', days: '365' };
  if (from === null) return blank;
  if ('property' in from) return { ...blank, by: 'property', property: from.property };
  const counted = { ...blank, event: from.did, days: String(from.days) };
  return from.sum === undefined ? { ...counted, by: 'count' } : { ...counted, by: 'sum', sum: from.sum };
}

/** Null: none. @returns undefined while something is missing. */
function valueFromOf({ by, property, event, sum, days }: OptionValues['value']): MemberValue | null | undefined {
  if (by === 'none') return null;
  const json = by === 'property' ? { property } : { did: event, days: Number(days), ...(by === 'sum' ? { sum } : {}) };
  return memberValueSchema.safeParse(json).data;
}

/** What is wrong with the value, where it is shown. */
export function valueFault({ value }: OptionValues): string | null {
  if (valueFromOf(value) !== undefined) return null;
  if (value.by === 'property') return 'Choose a property.';
  if (value.event === '') return 'Choose an event.';
  return value.by === 'sum' && value.sum === '' ? 'Choose what is added up.' : 'A whole number of days, from 1 to 3,650.';
}

const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text));

/** What is wrong with each number, in the plan's own words. */
export function numberFaults(values: OptionValues): { path: string; message: string }[] {
  return numbers.flatMap((path) => {
    const fault = draft[path].safeParse(numberOf(values[path])).error?.issues[0];
    return fault ? [{ path, message: Number.isNaN(Number(values[path])) ? 'A number, please.' : fault.message }] : [];
  });
}

/** The part of the draft these values make; a number that is not right yet is left out of it. */
export function optionPatchOf(values: OptionValues, mode: CampaignDraft['mode']): Partial<CampaignDraft> {
  const { sendBy, limitedDataUse, customerFileSource, atEnd } = values;
  const valueFrom = valueFromOf(values.value);
  const right = numbers.filter((name) => draft[name].safeParse(numberOf(values[name])).success);
  const chosen = {
    ...Object.fromEntries(right.map((name) => [name, numberOf(values[name])])),
    sendBy,
    limitedDataUse,
    customerFileSource,
    atEnd,
    ...(valueFrom === undefined ? {} : { valueFrom }),
  };
  return mode === 'remove' ? { ...chosen, ...withoutMembers, atEnd: atEnd === 'empty' ? 'keep' : atEnd } : chosen;
}

/** Where nobody is put in, what is said of members is not shown, and not meant. */
const withoutMembers = { stayDays: null, cap: null, controlPercent: null, sendBy: 'automatic', valueFrom: null } as const;
