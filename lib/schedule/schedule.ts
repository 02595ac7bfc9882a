import { z } from 'zod';

const wallTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'A date and time such as 2026-12-01T09:00, without an offset.');
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'A date such as 2026-12-01.');
const zone = z.string().min(1);

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now') }),
  z.strictObject({ kind: z.literal('at'), at: wallTime, zone }),
  z.strictObject({ kind: z.literal('dates'), dates: z.array(wallTime).min(1).max(100), zone }),
  z.strictObject({
    kind: z.literal('every'),
    every: z.strictObject({ days: z.int().min(1).max(366) }),
    time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
    zone,
    start: day,
  }),
]);
/** What the person meant: wall-clock time, IANA zone and rule. Instants are derived by occurrences.ts, never stored alone. */
export type Schedule = z.infer<typeof scheduleSchema>;
