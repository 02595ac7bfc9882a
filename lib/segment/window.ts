import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { byKey, chosen } from './choice';
import {
  calendarDurationSchema,
  type Duration,
  dateBefore,
  dayEnd,
  daySchema,
  dayStart,
  durationSchema,
  elapsedMs,
  localDate,
} from './dates';

const names = ['ever', 'today', 'yesterday', 'thisMonth', 'previousMonth'] as const;

export type Window =
  | (typeof names)[number]
  | { last: Duration }
  | { on: string }
  | { before: string }
  | { after: string }
  | { between: [string, string] }
  | { ago: { from: Duration; to: Duration } }
  | { exactly: Duration };

const message =
  'A window: "ever", "today", "yesterday", "thisMonth", "previousMonth", or one of last, on, before, after, between, ago, exactly.';

const relative = byKey<Window>(
  {
    last: z.strictObject({ last: durationSchema }),
    on: z.strictObject({ on: daySchema }),
    before: z.strictObject({ before: daySchema }),
    after: z.strictObject({ after: daySchema }),
    between: z.strictObject({
      between: z
        .tuple([daySchema, daySchema], { error: 'Two days such as ["2026-03-01","2026-03-31"].' })
        .refine(([a, b]) => a <= b, 'The first day is after the second.'),
    }),
    ago: z.strictObject({
      ago: z
        .strictObject({ from: calendarDurationSchema, to: calendarDurationSchema }, { error: 'Two durations, "from" and "to".' })
        .refine(({ from, to }) => isLonger(from, to), { path: ['from'], message: '“from” is the longer of the two.' }),
    }),
    exactly: z.strictObject({ exactly: calendarDurationSchema }),
  },
  message,
);

/** Or as long. A month is taken for the longest, so that no evaluation finds the window turned around. */
function isLonger(from: Duration, to: Duration): boolean {
  const day = Temporal.PlainDate.from('2026-01-01');
  return Temporal.PlainDate.compare(dateBefore(day, from), dateBefore(day, to)) <= 0;
}

export const windowSchema = chosen<Window>((value) => (typeof value === 'string' ? z.enum(names, { error: message }) : relative));

/** Instants of a window; a null end is open. */
export type Bounds = { from: Date | null; fromIncluded: boolean; to: Date; toIncluded: boolean };

/** The two instants a window means at `at`, in the workspace's zone. No window sees what comes after `at`. */
export function boundsOf(window: Window, zone: string, at: Date): Bounds {
  const { from, fromIncluded = true, to } = openBounds(window, zone, at);
  return to !== null && to <= at ? { from, fromIncluded, to, toIncluded: false } : { from, fromIncluded, to: at, toIncluded: true };
}

/** `to` excluded; null: up to and including the evaluation instant. */
type OpenBounds = { from: Date | null; fromIncluded?: boolean; to: Date | null };

function openBounds(window: Window, zone: string, at: Date): OpenBounds {
  const today = localDate(at, zone);
  if (typeof window === 'string') return namedBounds(window, today, zone);
  if ('last' in window) {
    const elapsed = elapsedMs(window.last);
    if (elapsed !== null) return { from: new Date(at.getTime() - elapsed), fromIncluded: false, to: null };
    return { from: dayStart(dateBefore(today, window.last), zone), to: null };
  }
  if ('on' in window) return dayBounds(Temporal.PlainDate.from(window.on), zone);
  if ('before' in window) return { from: null, to: dayStart(Temporal.PlainDate.from(window.before), zone) };
  if ('after' in window) return { from: dayEnd(Temporal.PlainDate.from(window.after), zone), to: null };
  if ('between' in window) {
    const [first, last] = window.between;
    return { from: dayStart(Temporal.PlainDate.from(first), zone), to: dayEnd(Temporal.PlainDate.from(last), zone) };
  }
  if ('exactly' in window) return dayBounds(dateBefore(today, window.exactly), zone);
  return { from: dayStart(dateBefore(today, window.ago.from), zone), to: dayEnd(dateBefore(today, window.ago.to), zone) };
}

function namedBounds(window: Extract<Window, string>, today: Temporal.PlainDate, zone: string): OpenBounds {
  const month = today.with({ day: 1 });
  switch (window) {
    case 'ever':
      return { from: null, to: null };
    case 'today':
      return dayBounds(today, zone);
    case 'yesterday':
      return dayBounds(today.subtract({ days: 1 }), zone);
    case 'thisMonth':
      return { from: dayStart(month, zone), to: dayStart(month.add({ months: 1 }), zone) };
    case 'previousMonth':
      return { from: dayStart(month.subtract({ months: 1 }), zone), to: dayStart(month, zone) };
  }
}

const dayBounds = (date: Temporal.PlainDate, zone: string): OpenBounds => ({ from: dayStart(date, zone), to: dayEnd(date, zone) });
