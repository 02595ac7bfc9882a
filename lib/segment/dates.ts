import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { byKey } from './choice';

// Temporal reads second 60 as 59, and no offset of 24 hours or more.
const shape = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:[0-5]\d(\.\d{1,3})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)?)?$/;

function isReal(text: string): boolean {
  if (!shape.test(text) || text.startsWith('0000')) return false;
  try {
    Temporal.PlainDateTime.from(text.replace(/(Z|[+-]\d{2}:\d{2})$/, ''), { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/** A day as the language writes it: a real one, local to the workspace. */
export const daySchema = z
  .string({ error: 'A day such as 2026-03-09.' })
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'A day such as 2026-03-09.')
  .refine(isReal, 'There is no such day.');

/** YYYY-MM-DD, or YYYY-MM-DDTHH:MM[:SS[.fff]][Z|±HH:MM]. */
export const dateTextSchema = z
  .string({ error: 'A date such as 2026-03-09 or 2026-03-09T12:00Z.' })
  .refine(isReal, 'A real date such as 2026-03-09 or 2026-03-09T12:00Z.');

const amount = z.int({ error: 'A whole number.' }).min(1, 'At least 1.');

/** Each with as many as lead beyond every date of four digits, from any other: further is not counted. */
const units = { minutes: 5_300_000_000, hours: 88_000_000, days: 3_700_000, weeks: 530_000, months: 120_000, years: 10_000 };
export type Unit = keyof typeof units;
const unitNames = Object.keys(units) as Unit[];
export type Duration =
  | { minutes: number }
  | { hours: number }
  | { days: number }
  | { weeks: number }
  | { months: number }
  | { years: number };

export const durationSchema = byKey<Duration>(
  {
    minutes: z.strictObject({ minutes: amount }),
    hours: z.strictObject({ hours: amount }),
    days: z.strictObject({ days: amount }),
    weeks: z.strictObject({ weeks: amount }),
    months: z.strictObject({ months: amount }),
    years: z.strictObject({ years: amount }),
  },
  'A duration such as {"days":7}: minutes, hours, days, weeks, months or years, a whole number from 1.',
);

/** Days or longer: what a calendar counts. */
export const calendarDurationSchema = durationSchema.refine((d) => !('minutes' in d) && !('hours' in d), 'In days or longer.');

export function durationParts(duration: Duration): { unit: Unit; n: number } {
  for (const unit of unitNames) {
    const n = (duration as Partial<Record<Unit, number>>)[unit];
    if (n !== undefined) return { unit, n };
  }
  throw new Error('invariant: a duration has a unit');
}

const counted = (duration: Duration): { unit: Unit; n: number } => {
  const { unit, n } = durationParts(duration);
  return { unit, n: Math.min(n, units[unit]) };
};

const fixedMs: Partial<Record<Unit, number>> = { minutes: 60_000, hours: 3_600_000 };

/** Elapsed length; null for days and longer, which a calendar decides. */
export function elapsedMs(duration: Duration): number | null {
  const { unit, n } = counted(duration);
  const ms = fixedMs[unit];
  return ms === undefined ? null : n * ms;
}

const gapMs: Partial<Record<Unit, number>> = { ...fixedMs, days: 86_400_000, weeks: 604_800_000 };

/** Of a gap, where a day is 24 hours. Months and years have no such length and are refused in a gap. */
export function elapsedGapMs(gap: Duration): number {
  const { unit, n } = counted(gap);
  const ms = gapMs[unit];
  if (ms === undefined) throw new Error('invariant: a gap is elapsed time');
  return n * ms;
}

export const localDate = (at: Date, zone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate();

/** First instant whose local date it is: midnight, or what follows a midnight that is skipped, or the first of two. */
export const dayStart = (date: Temporal.PlainDate, zone: string): Date => new Date(date.toZonedDateTime(zone).epochMilliseconds);

export const dayEnd = (date: Temporal.PlainDate, zone: string): Date => dayStart(date.add({ days: 1 }), zone);

/** The local date a duration before; a month or year keeps the day, or takes the month's last. */
export function dateBefore(date: Temporal.PlainDate, duration: Duration): Temporal.PlainDate {
  const { unit, n } = counted(duration);
  return date.subtract({ [unit]: n });
}

export function dateAfter(date: Temporal.PlainDate, duration: Duration): Temporal.PlainDate {
  const { unit, n } = counted(duration);
  return date.add({ [unit]: n });
}
