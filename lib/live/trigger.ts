import { z } from 'zod';
import { sequenceSchema, stepSchema } from '@/lib/segment/behaviour';
import { byKey } from '@/lib/segment/choice';
import { elapsedGapMs } from '@/lib/segment/dates';
import { propertyName } from '@/lib/segment/property-condition';

/** What makes a profile qualify for a live campaign, in the words of the segment language (docs/segment-language.md). */

/** As many as CleverTap's live segments take. */
const mostSteps = 10;

/** Any of these events. */
const stepsSchema = z
  .array(stepSchema, { error: 'A list of events.' })
  .min(1, 'Name at least one event.')
  .max(mostSteps, `At most ${mostSteps} events.`);
export type LiveStep = z.infer<typeof stepSchema>;

export const longestWaitDays = 30;
const dayMs = 86_400_000;

/** The first, and then not the second within the gap. */
const inactionSchema = sequenceSchema
  .refine(({ sequence }) => 'didNot' in sequence[1], { path: ['sequence', 1], message: 'Second comes {"didNot":…}.' })
  .refine(({ within }) => within === undefined, { path: ['within'], message: 'A live trigger has no window: it is met as it happens.' })
  .refine(({ gap }) => elapsedGapMs(gap) <= longestWaitDays * dayMs, { path: ['gap'], message: `At most ${longestWaitDays} days.` });

const days = z.strictObject({ days: z.int({ error: 'A whole number of days.' }).min(1, 'At least 1 day.').max(365, 'At most 365 days.') });

/** The profile's birthday, in place of a property: day and month are known by their digests. */
export const birthday = '$birthday';

/** So many days before or after a date of the profile, or on it. */
const dateSchema = z
  .strictObject({
    date: propertyName,
    before: days.optional(),
    after: days.optional(),
    /** Whatever the year: a birthday. */
    yearly: z.boolean({ error: 'True or false.' }).optional(),
    /** Wall-clock time in the schedule's zone; midnight when left out. */
    time: z
      .string({ error: 'A time such as 09:00.' })
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time such as 09:00.')
      .optional(),
  })
  .refine(({ before, after }) => !(before && after), { path: ['after'], message: 'Before or after, not both.' })
  .refine(({ date, yearly }) => date !== birthday || yearly, { path: ['yearly'], message: 'A birthday comes round each year.' });

export const triggerSchema = byKey<EventTrigger | InactionTrigger | DateTrigger>(
  { on: z.strictObject({ on: stepsSchema }), sequence: inactionSchema, date: dateSchema },
  'A trigger has one of the keys on, sequence, date.',
);
export type EventTrigger = { on: LiveStep[] };
export type InactionTrigger = z.infer<typeof sequenceSchema>;
export type DateTrigger = z.infer<typeof dateSchema>;
export type Trigger = EventTrigger | InactionTrigger | DateTrigger;

/** Any of these events ends the stay. */
export const exitSchema = stepsSchema;

/** Days a member stays after having qualified last, where nothing else is said. */
export const usualStayDays = 30;

/** What happened longer before its arrival, or is dated further ahead, starts nothing; it ends stays, and counts in past behaviour, all the same. */
export const latestMs = 2 * 3_600_000;
export const furthestAheadMs = 2 * 60_000;
