import { z } from 'zod';
import { identifiers, reachingIdentifiers } from '@/lib/identity/identifiers';
import { scheduleSchema } from '@/lib/schedule/schedule';
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

const planFields = {
  name: z.string().trim().min(1, 'Name the campaign.').max(120, 'At most 120 characters.'),
  segment: z.string().min(1).max(80).optional(),
  definition: definitionSchema.optional(),
  schedule: scheduleSchema.refine(({ kind }) => kind !== 'live', 'Live campaigns are not available yet.'),
  connectionId: z.uuid().optional(),
  adAccountId: z.string().regex(/^act_\d+$/, 'An ad account id looks like act_123.'),
  adAccountName: z.string().max(400).optional(),
  audience: audienceChoiceSchema,
  mode: z.enum(['mirror', 'add'], { error: 'mirror or add; "remove" is not available yet.' }),
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
  atEnd: z.literal('keep', { error: 'The audience is kept at the end; "empty" and "detach" are not available yet.' }),
};

/** A draft: any part may be missing; what is there must be well-formed. */
export const campaignDraftSchema = z.strictObject(planFields).partial();
export type CampaignDraft = z.infer<typeof campaignDraftSchema>;

/** Ready to schedule: everything chosen, and exactly one of segment and definition. */
export const campaignPlanSchema = z
  .strictObject({
    ...planFields,
    mode: planFields.mode.default('mirror'),
    adSets: planFields.adSets.default([]),
    atEnd: planFields.atEnd.default('keep'),
  })
  .refine((plan) => (plan.segment === undefined) !== (plan.definition === undefined), {
    path: ['segment'],
    message: 'Choose a saved segment or describe one: exactly one of the two.',
  });
export type CampaignPlan = z.infer<typeof campaignPlanSchema>;
