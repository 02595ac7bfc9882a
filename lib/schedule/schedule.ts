import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';

/** What the person meant: wall-clock time, IANA zone and rule. Instants are derived by occurrences.ts and never stored alone. */

const isReal = (parse: (text: string) => unknown) => (text: string) => {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
};

const wallTime = z
  .string({ error: 'A date and time such as 2026-12-01T09:00.' })
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, 'A date and time such as 2026-12-01T09:00, without an offset.')
  .refine(
    isReal((text) => Temporal.PlainDateTime.from(text, { overflow: 'reject' })),
    'There is no such date and time.',
  );

const day = z
  .string({ error: 'A date such as 2026-12-01.' })
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'A date such as 2026-12-01.')
  .refine(
    isReal((text) => Temporal.PlainDate.from(text, { overflow: 'reject' })),
    'There is no such date.',
  );

/** An offset such as +05:30 is no zone: it would miss every change of the clocks. */
const zone = z
  .string({ error: 'Choose a time zone.' })
  .refine(
    (text) => /^[a-z]/i.test(text) && isReal((name) => Temporal.Instant.from('2026-01-01T00:00:00Z').toZonedDateTimeISO(name))(text),
    'A time zone by its IANA name, such as Asia/Kolkata.',
  );

const timeOfDay = z.string({ error: 'A time such as 09:00.' }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time such as 09:00.');

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

const count = (most: number) => z.int({ error: 'A whole number.' }).min(1, 'At least 1.').max(most, `At most ${most}.`);

const interval = z.union(
  [
    z.strictObject({ hours: count(720) }),
    z.strictObject({ days: count(366) }),
    z.strictObject({ weeks: count(52) }),
    z.strictObject({ months: count(24) }),
  ],
  { error: 'Every how many hours, days, weeks or months?' },
);
export type Interval = z.infer<typeof interval>;

const monthDay = z.int().refine((n) => n === -1 || (n >= 1 && n <= 31), 'A day from 1 to 31, or -1 for the last.');
const nthWeekday = z.strictObject({
  n: z.int().refine((n) => n === -1 || (n >= 1 && n <= 5), 'First to fifth, or -1 for the last.'),
  day: z.enum(weekdays),
});

const every = z
  .strictObject({
    kind: z.literal('every'),
    every: interval,
    weekdays: z.array(z.enum(weekdays)).min(1, 'Choose at least one weekday.').optional(),
    monthDays: z.array(monthDay).min(1, 'Choose at least one day.').max(31).optional(),
    nthWeekdays: z.array(nthWeekday).min(1).max(35).optional(),
    time: timeOfDay,
    zone,
    start: day,
    end: z
      .union([z.strictObject({ date: day }), z.strictObject({ after: count(10_000) })], {
        error: 'Ends on a date, or after so many times.',
      })
      .optional(),
  })
  .superRefine((value, ctx) => {
    if (value.weekdays && !('weeks' in value.every))
      ctx.addIssue({ code: 'custom', path: ['weekdays'], message: 'Weekdays go with weeks.' });
    for (const key of ['monthDays', 'nthWeekdays'] as const) {
      if (value[key] && !('months' in value.every))
        ctx.addIssue({ code: 'custom', path: [key], message: 'Days of the month go with months.' });
    }
    if (value.end && 'date' in value.end && value.end.date < value.start) {
      ctx.addIssue({ code: 'custom', path: ['end', 'date'], message: 'The end is before the start.' });
    }
  });

const live = z
  .strictObject({
    kind: z.literal('live'),
    /** A day alone begins with the day. */
    start: z.union([day, wallTime], { error: 'A date such as 2026-12-01, or a date and time such as 2026-12-01T09:00.' }).optional(),
    end: z.strictObject({ date: day }, { error: 'Ends on a date.' }).optional(),
    zone,
  })
  .superRefine((value, ctx) => {
    if (value.start && value.end && value.end.date < value.start.slice(0, 10))
      ctx.addIssue({ code: 'custom', path: ['end', 'date'], message: 'The end is before the start.' });
  });

export const scheduleSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('now') }),
    z.strictObject({ kind: z.literal('at'), at: wallTime, zone }),
    z.strictObject({
      kind: z.literal('dates'),
      dates: z.array(wallTime).min(1, 'Add at least one date.').max(100, 'At most 100 dates.'),
      zone,
    }),
    every,
    live,
  ],
  { error: 'A schedule is one of now, at, dates, every, live.' },
);
export type Schedule = z.infer<typeof scheduleSchema>;
export type EverySchedule = Extract<Schedule, { kind: 'every' }>;
export type LiveSchedule = Extract<Schedule, { kind: 'live' }>;
