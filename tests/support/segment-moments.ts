import { Temporal } from 'temporal-polyfill';

/** When random histories take place: around each, a day, a month or a year is not what it usually is. */
export type Moment = { zone: string; at: string; why: string };

export const moments: readonly Moment[] = [
  { zone: 'Asia/Kathmandu', at: '2028-03-01T00:10:00.000Z', why: 'the day after a leap day, in a zone 5 h 45 min off' },
  { zone: 'America/Sao_Paulo', at: '2018-11-04T15:00:00.000Z', why: 'a day whose midnight is skipped' },
  { zone: 'America/Sao_Paulo', at: '2018-02-18T02:30:00.000Z', why: 'the hour before midnight comes twice' },
  { zone: 'America/Havana', at: '2025-11-02T05:30:00.000Z', why: 'a midnight that comes twice' },
  { zone: 'Europe/London', at: '2026-10-25T01:30:00.000Z', why: 'a day of 25 hours' },
  { zone: 'Australia/Lord_Howe', at: '2026-04-05T03:00:00.000Z', why: 'the clock goes back by half an hour' },
  { zone: 'Pacific/Apia', at: '2011-12-30T22:15:00.000Z', why: 'the day before was skipped' },
  { zone: 'America/New_York', at: '2024-04-01T03:30:00.000Z', why: 'the 31st, after a leap February and a day of 23 hours' },
];

/** Years whose clocks are the same in all editions of the time-zone database; the first and the last are excluded. */
const settled = [2000, 2021] as const;

/** Some zone of the world, around the next change of its clocks if there is one. */
export function momentOf(seed: number): Moment {
  const drawn = (salt: number, below: number) => (Math.imul(seed + 1, salt) >>> 8) % below;
  const zones = Intl.supportedValuesOf('timeZone');
  const zone = zones[drawn(0x9e3779b1, zones.length)] ?? 'UTC';
  const year = settled[0] + drawn(0x85ebca6b, settled[1] - settled[0]);
  const somewhen = Temporal.ZonedDateTime.from({ timeZone: zone, year, month: 1 + drawn(0xc2b2ae35, 12), day: 1 });
  const change = somewhen.getTimeZoneTransition('next');
  const near = change && change.year <= settled[1] ? change : somewhen;
  const at = near.epochMilliseconds + (drawn(0x27d4eb2f, 30) - 3) * 3_600_000;
  return { zone, at: new Date(at).toISOString(), why: 'a zone by chance' };
}

const dayMs = 86_400_000;

export const localDateOf = (time: number, zone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).toPlainDate();

/** Midnights that windows of the moment are likely to begin or end at, in milliseconds since 1970. */
export function midnights({ zone, at }: Moment): number[] {
  const today = localDateOf(Date.parse(at), zone);
  const month = today.with({ day: 1 });
  const dates = [
    ...[-1, 0, 1, 2, 3, 7, 8, 10, 14, 30, 31].map((days) => today.subtract({ days })),
    ...[0, 1].map((months) => month.subtract({ months })),
    ...[1, 2].map((months) => today.subtract({ months })),
    today.subtract({ years: 1 }),
  ];
  return dates.map((date) => date.toZonedDateTime(zone).epochMilliseconds);
}

/** Local days around the moment, the nearest first. */
export function nearDays({ zone, at }: Moment): string[] {
  const today = localDateOf(Date.parse(at), zone);
  return [0, -1, 1, -2, 2, -3, -7, -8, 7, -10, -14, -30, -31, 30, -40, -365].map((days) => today.add({ days }).toString());
}

/** Texts a customer may send as dates: around the moment, birthdays, and what is no date though it looks like one. */
export function dateTexts(moment: Moment): string[] {
  const { zone, at } = moment;
  const instant = Date.parse(at);
  const today = localDateOf(instant, zone);
  const [day, dayBefore, dayAfter, ...others] = nearDays(moment) as [string, string, string, ...string[]];
  const iso = (time: number) => new Date(time).toISOString();
  const birthdays = [0, 1, 5, 6, 7, 8, 30, 364, 365].map((days) => today.add({ days }).with({ year: 1987 }).toString());
  return [
    ...[day, dayBefore, dayAfter, ...others.slice(0, 9)],
    ...birthdays,
    ...['1988-02-29', '1904-02-29', '2000-02-28', '1999-03-01', '1987-12-31', '1988-01-01', '1890-05-05'],
    ...[
      at,
      iso(instant + 1),
      iso(instant - 1),
      iso(instant - 3_600_000),
      iso(instant + 3_600_000),
      iso(instant - dayMs),
      iso(instant + 7 * dayMs),
    ],
    ...midnights(moment)
      .slice(0, 6)
      .flatMap((time) => [iso(time), iso(time - 1)]),
    ...['00:00', '00:30', '01:00', '01:30', '01:45', '02:15', '23:30', '23:59:59.999'].map((time) => `${day}T${time}`),
    ...['00:30', '23:30'].map((time) => `${dayBefore}T${time}`),
    ...[`${day}T00:00+05:45`, `${day}T23:59:59-10:00`, `${dayAfter}T00:00:00.000+14:00`, `${dayBefore}T12:00Z`],
    ...[
      '9999-12-31',
      '9999-12-31T23:59:59.999Z',
      '0001-01-01',
      '0000-01-01',
      '0001-01-01T00:00+10:00',
      '9999-12-31T23:59-10:00',
      '2018-02-30',
      '2026-13-01',
      '2026-1-5',
      '20261025',
      '2026-10-25 01:30',
    ],
    ...['2026-10-25T01', '2026-10-25T01:30+0100', '2026-10-25t01:30z', '2026-10-25T24:00', '2026-10-25T01:30:00.123456Z'],
    ...['2026-10-25T01:60', ` ${day}`, `${day}\n`, 'now', 'today', 'infinity', 'epoch', '2100-02-29', 'allballs', '２０２６-01-01'],
  ];
}
