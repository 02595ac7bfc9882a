import { z } from 'zod';
import { memberValueSchema } from '@/lib/campaign/member-value';
import { identifiers, reachingIdentifiers } from '@/lib/identity/identifiers';
import { exitSchema, triggerSchema } from '@/lib/live/trigger';
import { type Schedule, scheduleSchema } from '@/lib/schedule/schedule';
import { definitionSchema } from '@/lib/segment/definition';

/** What a campaign is made of: who, when, where. The wizard, the API and the stored versions share these schemas. */

export const audienceChoiceSchema = z.union([
  z.strictObject({
    new: z.strictObject({
      name: z.string().trim().min(1, 'Name the audience.').max(100, 'At most 100 characters.'),
      description: z.string().trim().max(60, 'At most 60 characters: Beckon adds its own mark.').optional(),
    }),
  }),
  z.strictObject({ existing: z.string().regex(/^\d+$/, 'An audience id is made of digits.') }),
]);
export type AudienceChoice = z.infer<typeof audienceChoiceSchema>;

export const adSetChoiceSchema = z.strictObject({
  id: z.string().regex(/^\d+$/, 'An ad set id is made of digits.'),
  /** As shown when it was chosen; the id decides. */
  name: z.string().max(400).optional(),
  /** include: show to; exclude: hide from. */
  as: z.enum(['include', 'exclude']),
});
export type AdSetChoice = z.infer<typeof adSetChoiceSchema>;

/** Marketing API "Custom Audience" reference, customer_file_source; read 2026-09. */
export const customerFileSources = ['USER_PROVIDED_ONLY', 'PARTNER_PROVIDED_ONLY', 'BOTH_USER_AND_PARTNER_PROVIDED'] as const;

const percent = (least: number, most: number) => z.number().min(least, `At least ${least} %.`).max(most, `At most ${most} %.`);

/** Null: none. */
const optionFields = {
  /** A member leaves after so many days, and comes back only after having left the segment. At most 180, as at Facebook. */
  stayDays: z.int().min(1, 'At least one day.').max(180, 'At most 180 days.').nullable(),
  /** At most so many members, chosen by a hash of profile and campaign that never changes. */
  cap: z.int().min(1, 'At least one member.').max(100_000_000, 'At most 100 million.').nullable(),
  /** This share of those who qualify is never sent, chosen in the same way, and remembered for measuring lift. */
  controlPercent: percent(0.1, 50).nullable(),
  /** difference: what changed, through /users; replace: the whole list, through /usersreplace; automatic: whichever disturbs less. */
  sendBy: z.enum(['automatic', 'difference', 'replace']),
  limitedDataUse: z.boolean(),
  /** Makes the audience value-based: each member is sent with what it is worth. */
  valueFrom: memberValueSchema.nullable(),
  customerFileSource: z.enum(customerFileSources),
  /** A run that would change the size of an audience of 1,000 by more than this, or empty one, is held until a person releases it; null: never. */
  changeBrakePercent: percent(1, 100).nullable(),
};

const planFields = {
  name: z.string().trim().min(1, 'Name the campaign.').max(120, 'At most 120 characters.'),
  segment: z.string().min(1).max(80).optional(),
  definition: definitionSchema.optional(),
  /** Of a live campaign: what makes a profile qualify the moment it happens; segment or definition may narrow it. */
  trigger: triggerSchema.optional(),
  /** Of a live campaign: what ends a stay. */
  exit: exitSchema.optional(),
  schedule: scheduleSchema,
  connectionId: z.uuid().optional(),
  adAccountId: z.string().regex(/^act_\d+$/, 'An ad account id looks like act_123.'),
  adAccountName: z.string().max(400).optional(),
  audience: audienceChoiceSchema,
  mode: z.enum(['mirror', 'add', 'remove']),
  adSets: z
    .array(adSetChoiceSchema)
    .max(100, 'At most 100 ad sets.')
    .refine((list) => new Set(list.map((a) => a.id)).size === list.length, 'Each ad set once.'),
  identifiers: z
    .array(z.enum(identifiers))
    .refine((list) => list.some((name) => (reachingIdentifiers as readonly string[]).includes(name)), {
      message: 'Send at least one of email, phone or mobile advertiser id: the others match nobody alone.',
    })
    .optional(),
  atEnd: z.enum(['keep', 'empty', 'detach']),
  ...optionFields,
};

/** A draft: any part may be missing; what is there must be well-formed. */
export const campaignDraftSchema = z.strictObject(planFields).partial();
export type CampaignDraft = z.infer<typeof campaignDraftSchema>;

const withDefaults = {
  stayDays: optionFields.stayDays.default(null),
  cap: optionFields.cap.default(null),
  controlPercent: optionFields.controlPercent.default(null),
  sendBy: optionFields.sendBy.default('automatic'),
  limitedDataUse: optionFields.limitedDataUse.default(false),
  valueFrom: optionFields.valueFrom.default(null),
  customerFileSource: optionFields.customerFileSource.default('USER_PROVIDED_ONLY'),
  changeBrakePercent: optionFields.changeBrakePercent.default(50),
};

/** What a version keeps besides who, when and where. */
export const campaignOptionsSchema = z.object(withDefaults);
export type CampaignOptions = z.infer<typeof campaignOptionsSchema>;
export const defaultOptions: CampaignOptions = campaignOptionsSchema.parse({});

type Source = Pick<CampaignDraft, 'segment' | 'definition' | 'trigger' | 'exit'> & { schedule: Schedule };

/** Who is meant by exactly one of segment and definition, or by a trigger that one of the two may narrow; live goes with a trigger. */
function sourceFaults({ segment, definition, trigger, exit, schedule }: Source): { path: string; message: string }[] {
  const live = schedule.kind === 'live';
  if (trigger && !live)
    return [{ path: 'schedule', message: 'What qualifies the moment it happens runs live: choose when it begins and ends.' }];
  if (!trigger && live) return [{ path: 'trigger', message: 'Say what makes somebody qualify: an event, an inaction or a date.' }];
  if (exit && !trigger) return [{ path: 'exit', message: 'Only a live campaign has exit events.' }];
  const both = segment !== undefined && definition !== undefined;
  if (trigger) return both ? [{ path: 'segment', message: 'Narrow it by a saved segment or by a description, not both.' }] : [];
  if (both || (segment === undefined && definition === undefined))
    return [{ path: 'segment', message: 'Choose a saved segment or describe one: exactly one of the two.' }];
  return [];
}

/** Ready to schedule: everything chosen, and nothing that contradicts itself. */
export const campaignPlanSchema = z
  .strictObject({
    ...planFields,
    mode: planFields.mode.default('mirror'),
    adSets: planFields.adSets.default([]),
    atEnd: planFields.atEnd.default('keep'),
    ...withDefaults,
  })
  .superRefine((plan, ctx) => {
    const faults = [...sourceFaults(plan), ...contradictions({ ...plan, live: plan.trigger !== undefined })];
    for (const { path, message } of faults) ctx.addIssue({ code: 'custom', path: [path], message });
  });
export type CampaignPlan = z.infer<typeof campaignPlanSchema>;

/** What becomes of the members that Beckon has put in when a campaign is stopped. */
export const stopInput = z.strictObject({ members: z.enum(['leave', 'remove']).default('leave') });

export type Contradictable = Pick<CampaignPlan, 'mode' | 'atEnd' | 'stayDays' | 'cap' | 'controlPercent' | 'sendBy' | 'valueFrom'> & {
  audience: AudienceChoice;
  /** Whether it has a trigger. */
  live?: boolean;
};

/** What cannot be meant together, each with the field to change. */
export function contradictions({
  mode,
  audience,
  atEnd,
  stayDays,
  cap,
  controlPercent,
  sendBy,
  valueFrom,
  live = false,
}: Contradictable): { path: string; message: string }[] {
  const existing = 'existing' in audience;
  const removing = mode === 'remove';
  const faults: [boolean, string, string][] = [
    [removing && !existing, 'audience', 'Remove only takes people out of an existing audience: choose one.'],
    [removing && stayDays !== null, 'stayDays', 'Remove only puts nobody in, so nobody stays.'],
    [removing && cap !== null, 'cap', 'Remove only puts nobody in, so there is nothing to cap.'],
    [removing && controlPercent !== null, 'controlPercent', 'Remove only puts nobody in, so there is no control group.'],
    [removing && atEnd === 'empty', 'atEnd', 'Remove only puts nobody in, so there is nothing to empty.'],
    [
      sendBy === 'replace' && existing,
      'sendBy',
      'A replacement would drop whom others put into this audience: choose automatic or difference.',
    ],
    [sendBy === 'replace' && mode !== 'mirror', 'sendBy', 'Only a mirror can be sent as a replacement.'],
    [valueFrom !== null && existing, 'valueFrom', 'Only a new audience can be value-based: Facebook decides it when it is made.'],
    [valueFrom !== null && removing, 'valueFrom', 'Remove only puts nobody in, so nobody has a value.'],
    [live && valueFrom !== null, 'valueFrom', 'A live campaign sends people as they come, without a value: choose a schedule.'],
    [live && removing, 'mode', 'A live campaign puts people in the moment they qualify: choose mirror or add.'],
    [live && cap !== null, 'cap', 'A live campaign takes everybody who qualifies, as they come: there is no cap.'],
    [live && sendBy === 'replace', 'sendBy', 'A live campaign sends what changes as it changes: choose automatic or difference.'],
  ];
  return faults.flatMap(([isFault, path, message]) => (isFault ? [{ path, message }] : []));
}
