import { z } from 'zod';

const email = z.email('is not an e-mail address');
const mostEmails = 20;

/** Without TLS only inside a network of one's own: whoever reads the address may write to the channel. */
const privateHost = /^(localhost|[^.]+|127\.[\d.]+|10\.[\d.]+|192\.168\.[\d.]+|172\.(1[6-9]|2\d|3[01])\.[\d.]+|.+\.(internal|local|lan))$/i;

const webhook = z
  .string()
  .trim()
  .max(2000, 'At most 2,000 characters.')
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'An address that begins with https://.')
  .refine((text) => !URL.canParse(text) || new URL(text).protocol !== 'http:' || privateHost.test(new URL(text).hostname), {
    message: 'Use https://: what goes over http can be read on the way.',
  });

/** Addresses out of a text with one a line, or commas between. */
export const addressesIn = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];

export const alertSettingsInput = z.strictObject({
  emails: z.array(email).max(mostEmails, `At most ${mostEmails} addresses.`),
  /** null takes it away; left out keeps it. */
  webhook: webhook.nullable().optional(),
  reachPercent: z.int('A whole number.').min(1, 'At least 1.').max(1000, 'At most 1,000.').nullable(),
});

/** What the form holds. */
export const alertSettingsFields = z.object({
  emails: z.string().superRefine((text, ctx) => {
    const all = addressesIn(text);
    const wrong = all.find((one) => !email.safeParse(one).success);
    if (wrong) ctx.addIssue({ code: 'custom', message: `“${wrong}” is not an e-mail address.` });
    if (all.length > mostEmails) ctx.addIssue({ code: 'custom', message: `At most ${mostEmails} addresses.` });
  }),
  webhook: z.union([z.literal(''), webhook]),
  tellsReach: z.boolean(),
  reachPercent: z.number({ error: 'A whole number.' }).int('A whole number.').min(1, 'At least 1.').max(1000, 'At most 1,000.'),
});
export type AlertSettingsFields = z.infer<typeof alertSettingsFields>;
