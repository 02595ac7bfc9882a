import { z } from 'zod';
import { propertyName } from '@/lib/segment/property-condition';

/**
 * What a member is worth, for value-based audiences: a number of the profile, or how often or how much it did within so many days. Of one
 * currency: Facebook compares values as plain numbers.
 */
export const memberValueSchema = z.union(
  [
    z.strictObject({ property: propertyName }),
    z.strictObject({
      did: z.string({ error: 'Name an event.' }).min(1, 'Name an event.'),
      /** Added up over the events; left out, they are counted. */
      sum: propertyName.optional(),
      days: z.int({ error: 'A whole number of days.' }).min(1, 'At least 1 day.').max(3650, 'At most 3,650 days.'),
    }),
  ],
  { error: 'A property of the profile, or an event with a number of days.' },
);
export type MemberValue = z.infer<typeof memberValueSchema>;

/** In words: "the total amount of “Purchased” in the last 365 days". */
export function describeValue(value: MemberValue): string {
  if ('property' in value) return `their ${value.property}`;
  const days = value.days === 1 ? 'day' : `${value.days.toLocaleString('en')} days`;
  return value.sum === undefined
    ? `how often they did “${value.did}” in the last ${days}`
    : `the total ${value.sum} of “${value.did}” in the last ${days}`;
}
