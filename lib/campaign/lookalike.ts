import { z } from 'zod';
import { countryCodes } from '@/lib/identity/countries';

/** Of how many people a lookalike needs to be made. Marketing API "Lookalike Audiences", read 2026-09. */
export const fewestInSeed = 100;

export const lookalikeInput = z.strictObject({
  country: z
    .string({ error: 'Choose a country.' })
    .refine((code) => countryCodes.includes(code), 'A country by its two letters, such as IN.'),
  /** Of the country's people: the fewer, the more alike. Facebook takes up to 20. */
  percent: z.int({ error: 'A whole number from 1 to 10.' }).min(1, 'At least 1 %.').max(10, 'At most 10 %.'),
});
export type LookalikeInput = z.output<typeof lookalikeInput>;
