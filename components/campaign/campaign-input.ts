import { z } from 'zod';
import { campaignDraftSchema } from '@/lib/campaign/plan';

/** What the forms hold and the actions parse. */

export const newCampaignInput = campaignDraftSchema.pick({ segment: true }).extend({
  name: z.string().trim().min(1, 'Name the campaign.').max(120, 'At most 120 characters.'),
});

export const draftPatchInput = z.strictObject({ id: z.uuid(), patch: campaignDraftSchema });

export const tokenInput = z.strictObject({
  token: z
    .string()
    .trim()
    .min(20, 'Paste the whole token.')
    .max(2_000, 'This is too long for a token.')
    .regex(/^\S+$/, 'A token has no spaces or line breaks.'),
});
