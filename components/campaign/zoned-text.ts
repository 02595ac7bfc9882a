/** Instants and numbers as text. Zones are IANA names; months and weekdays are English words, hours are 24-hour. */

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options });
    formats.set(key, found);
  }
  return found;
}

/** "Tue 1 Dec 2026, 09:00" */
export function dayAndTime(at: Date, zone: string): string {
  return `${dayText(at, zone)}, ${timeText(at, zone)}`;
}

/** "Tue 1 Dec 2026" */
export function dayText(at: Date, zone: string): string {
  return format(zone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(at).replace(',', '');
}

/** "March 2027", of "2027-03" */
export function monthText(month: string): string {
  return format('UTC', { month: 'long', year: 'numeric' }).format(new Date(`${month}-01T00:00:00Z`));
}

/** "1 Dec": for the axis of a chart. */
export function shortDay(at: Date, zone: string): string {
  return format(zone, { day: 'numeric', month: 'short' }).format(at);
}

/** "09:00" */
export function timeText(at: Date, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit' }).format(at);
}

/** "09:00:07": where seconds tell something, as in a run's batches. */
export function secondsText(at: Date, zone: string): string {
  return format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);
}

/** "2026-12-01T09:00": what a date-and-time field holds. */
export function wallTime(at: Date, zone: string): string {
  return `${wallDay(at, zone)}T${timeText(at, zone)}`;
}

/** "2026-12-01" */
export function wallDay(at: Date, zone: string): string {
  const parts = format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** "Asia/Kolkata (UTC+5:30)" at that instant. */
export function zoneText(zone: string, at: Date): string {
  return `${zone.replaceAll('_', ' ')} (${offsetText(zone, at)})`;
}

/** "UTC+5:30" at that instant. */
export function offsetText(zone: string, at: Date): string {
  const name = format(zone, { timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value;
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):?(\d\d)?/.exec(name ?? '') ?? [];
  if (!sign || (hours === '00' && (minutes ?? '00') === '00')) return 'UTC';
  return `UTC${sign === '-' ? '−' : '+'}${Number(hours)}${minutes && minutes !== '00' ? `:${minutes}` : ''}`;
}

const units: [number, string][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
];

/** "2 days", "5 minutes": the largest unit that fits, rounded down; under a second "less than a second". */
export function durationText(ms: number): string {
  for (const [size, name] of units) {
    if (ms >= size) return counted(Math.floor(ms / size), name);
  }
  return 'less than a second';
}

/** "in 3 hours", "2 days ago", "just now" */
export function distanceText(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime();
  if (Math.abs(ms) < 60_000) return ms > 0 ? 'in less than a minute' : 'just now';
  return ms > 0 ? `in ${durationText(ms)}` : `${durationText(-ms)} ago`;
}

const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

/** "48,210" */
export const numberText = (value: number): string => whole.format(value);

/** "48.2K": for axes and narrow places. */
export const shortNumber = (value: number): string => short.format(value);

/** "1 run", "12 runs" */
export const counted = (value: number, noun: string, plural = `${noun}s`): string => `${numberText(value)} ${value === 1 ? noun : plural}`;

/** "a, b and c" */
export function listed(words: string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
