import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetAt, oracleOccurrences } from '@/tests/support/schedule-oracle';
import { nextOccurrence, occurrences } from './occurrences';
import { type Interval, type Schedule, scheduleSchema, weekdays } from './schedule';

/** Seed of the random schedules; SCHEDULE_SEED repeats a run, SCHEDULE_RUNS (per zone) makes it longer. */
const seed = Number(process.env.SCHEDULE_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.SCHEDULE_RUNS ?? 4);

const dayMs = 86_400_000;

/** Half an hour, midnight, twice a year around Ramadan, over the date's end: the changes that break schedules. */
const oddZones = [
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'America/Asuncion',
  'Africa/Cairo',
  'America/Santiago',
  'Africa/Casablanca',
  'America/Nuuk',
  'America/Havana',
  'America/Scoresbysund',
  'Antarctica/Troll',
  'Asia/Gaza',
  'Asia/Tehran',
];

/** Local midnights, as if UTC, of the days of that year on which the zone's clocks are moved. */
function changeDays(zone: string, year: number): number[] {
  const found: number[] = [];
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += dayMs)
    if (offsetAt(day, zone) !== offsetAt(day + dayMs, zone)) found.push(Math.floor((day + offsetAt(day, zone)) / dayMs) * dayMs);
  return found;
}

const dayText = (at: number) => new Date(at).toISOString().slice(0, 10);
const timeText = (minute: number) => new Date((((minute % 1440) + 1440) % 1440) * 60_000).toISOString().slice(11, 16);

type Case = { schedule: Schedule; scheduledAt: Date; after: Date; until: Date; splitAt: Date };

const interval: fc.Arbitrary<Interval> = fc.oneof(
  fc.record({ hours: fc.oneof(fc.constantFrom(1, 6, 12, 24), fc.integer({ min: 1, max: 49 })) }),
  fc.record({ days: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ weeks: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ months: fc.integer({ min: 1, max: 7 }) }),
);
const nthWeekday = fc.record({ n: fc.constantFrom(1, 2, 3, 4, 5, -1), day: fc.constantFrom(...weekdays) });

/** Days that the rule's window may be long: enough for several occurrences. */
const spanDays = (every: Interval) => ('months' in every ? 500 : 'weeks' in every ? 120 : 40);

/** Schedules and spans around the zone's changes of the clock, and elsewhere. */
function caseIn(zone: string): fc.Arbitrary<Case> {
  const draws = fc.record({
    year: fc.integer({ min: 2020, max: 2035 }),
    dayOfYear: fc.integer({ min: 0, max: 364 }),
    atChange: fc.option(fc.nat(), { freq: 4 }),
    minute: fc.oneof(fc.constant(0), fc.integer({ min: -120, max: 240 }), fc.nat(1439)),
    every: interval,
    weekdays: fc.option(fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 })),
    monthDays: fc.option(fc.uniqueArray(fc.constantFrom(1, 15, 28, 29, 30, 31, -1), { minLength: 1, maxLength: 4 })),
    nthWeekdays: fc.option(fc.array(nthWeekday, { minLength: 1, maxLength: 3 })),
    dates: fc.option(fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -5, max: 5 })), { minLength: 1, maxLength: 8 }), {
      freq: 6,
    }),
    end: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      fc.record({ inDays: fc.integer({ min: 0, max: 60 }) }),
      fc.record({ after: fc.integer({ min: 1, max: 30 }) }),
    ),
    /** Of the span: where the rule starts, when it was scheduled, what is asked for, where it is split. */
    startShare: fc.double({ min: -1.2, max: 0.5, noNaN: true }),
    scheduledShare: fc.double({ min: -0.8, max: 0.5, noNaN: true }),
    afterShare: fc.double({ min: -0.7, max: 0.3, noNaN: true }),
    splitShare: fc.double({ min: 0, max: 1, noNaN: true }),
    second: fc.oneof(fc.constant(0), fc.nat(59_999)),
  });
  return draws.map((draw) => {
    const changes = changeDays(zone, draw.year);
    const anchor =
      draw.atChange !== null && changes.length > 0
        ? (changes[draw.atChange % changes.length] ?? 0)
        : Date.UTC(draw.year, 0, 1) + draw.dayOfYear * dayMs;
    const span = spanDays(draw.every) * dayMs;
    const instant = (share: number) => new Date(anchor + Math.round((share * span) / 60_000) * 60_000 + draw.second);
    const after = instant(draw.afterShare);
    const until = new Date(after.getTime() + span);
    const splitAt = new Date(after.getTime() + Math.floor((draw.splitShare * span) / 60_000) * 60_000);
    return { schedule: scheduleOf(zone, anchor, span, draw), scheduledAt: instant(draw.scheduledShare), after, until, splitAt };
  });
}

type Draw = {
  minute: number;
  every: Interval;
  weekdays: (typeof weekdays)[number][] | null;
  monthDays: number[] | null;
  nthWeekdays: { n: number; day: (typeof weekdays)[number] }[] | null;
  dates: [number, number][] | null;
  end: { inDays: number } | { after: number } | undefined;
  startShare: number;
};

function scheduleOf(zone: string, anchor: number, span: number, draw: Draw): Schedule {
  if (draw.dates) {
    const dates = draw.dates.map(([day, step]) => `${dayText(anchor + day * dayMs)}T${timeText(draw.minute + step * 17)}`);
    return scheduleSchema.parse(dates.length === 1 ? { kind: 'at', at: dates[0], zone } : { kind: 'dates', dates, zone });
  }
  const start = dayText(anchor + draw.startShare * span);
  const lastDay = Math.max(
    Date.parse(start),
    anchor + ((('inDays' in (draw.end ?? {}) && (draw.end as { inDays: number }).inDays) || 0) - 10) * dayMs,
  );
  return scheduleSchema.parse({
    kind: 'every',
    every: draw.every,
    ...('weeks' in draw.every && draw.weekdays ? { weekdays: draw.weekdays } : {}),
    ...('months' in draw.every && draw.monthDays ? { monthDays: draw.monthDays } : {}),
    ...('months' in draw.every && draw.nthWeekdays ? { nthWeekdays: draw.nthWeekdays } : {}),
    time: timeText(draw.minute),
    zone,
    start,
    ...(draw.end ? { end: 'after' in draw.end ? draw.end : { date: dayText(lastDay) } } : {}),
  });
}

const most = 100_000;

function holds({ schedule, scheduledAt, after, until, splitAt }: Case): void {
  const between = (from: Date, to: Date) => occurrences(schedule, { scheduledAt, after: from, until: to, limit: most });
  const found = between(after, until);
  expect(found).toEqual(oracleOccurrences(schedule, { scheduledAt, after, until }));
  expect(found.every((at, i) => i === 0 || at > (found[i - 1] ?? at))).toBe(true);
  expect([...between(after, splitAt), ...between(splitAt, until)]).toEqual(found);
  expect(occurrences(schedule, { scheduledAt, after, limit: Math.max(1, found.length) }).slice(0, found.length)).toEqual(found);
  const next = nextOccurrence(schedule, { scheduledAt, after });
  if (found.length > 0) expect(next).toEqual(found[0]);
  else expect(next === null || next > until).toBe(true);
  const last = found.at(-1);
  if (last && found.length > 1) expect(nextOccurrence(schedule, { scheduledAt, after: found.at(-2) ?? last })).toEqual(last);
}

/** Each zone draws cases of its own. */
function hold(zone: string, numRuns: number): void {
  const drawn = [...zone].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, seed);
  fc.assert(fc.property(caseIn(zone), holds), { seed: drawn, numRuns });
}

describe(`occurrences and the oracle (SCHEDULE_SEED=${seed})`, () => {
  it('agree in every zone of the world, 2020 to 2035', () => {
    for (const zone of Intl.supportedValuesOf('timeZone')) hold(zone, runs);
  });

  it.each(oddZones)('agree in %s', (zone) => hold(zone, runs * 10));
});

it('is due exactly n times where it ends after n, however the counting is begun', () => {
  fc.assert(
    fc.property(fc.constantFrom(...oddZones).chain(caseIn), fc.integer({ min: 1, max: 40 }), ({ schedule, scheduledAt, after }, n) => {
      if (schedule.kind !== 'every') return;
      const before = new Date(scheduledAt.getTime() - 1);
      const endless = occurrences({ ...schedule, end: undefined }, { scheduledAt, after: before, limit: n });
      const counted = { ...schedule, end: { after: n } };
      expect(occurrences(counted, { scheduledAt, after: before, limit: most })).toEqual(endless);
      expect(occurrences(counted, { scheduledAt, after, limit: most })).toEqual(endless.filter((at) => at > after));
    }),
    { seed, numRuns: runs * 25 },
  );
});
