import { z } from 'zod';
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
  };
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
  const right = numbers.filter((name) => draft[name].safeParse(numberOf(values[name])).success);
  const chosen = {
    ...Object.fromEntries(right.map((name) => [name, numberOf(values[name])])),
    sendBy,
    limitedDataUse,
    customerFileSource,
    atEnd,
  };
  return mode === 'remove' ? { ...chosen, ...withoutMembers, atEnd: atEnd === 'empty' ? 'keep' : atEnd } : chosen;
}

/** Where nobody is put in, what is said of members is not shown, and not meant. */
const withoutMembers = { stayDays: null, cap: null, controlPercent: null, sendBy: 'automatic' } as const;
