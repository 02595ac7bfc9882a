const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A number below this is in seconds, from it on in milliseconds: 1973 in the one, the year 5138 in the other. */
const firstMilliseconds = 1e11;

/**
 * Milliseconds since 1970 of an ISO 8601 text (without offset: UTC) or a number of seconds or milliseconds; null when it is no real
 * instant. Digits beyond the millisecond are cut.
 */
export function parseInstant(value: unknown): number | null {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value <= 0) return null;
    return Math.trunc(value < firstMilliseconds ? value * 1000 : value);
  }
  if (typeof value !== 'string') return null;
  const found = iso.exec(value.trim());
  if (!found) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] = found;
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  );
  // Date.UTC rolls 30 February over to March, and 24:61 to the next day.
  const real = new Date(wall);
  if (real.getUTCMonth() !== Number(month) - 1 || real.getUTCDate() !== Number(day) || Number(hour) > 23 || Number(minute) > 59)
    return null;
  const offsetMs = offsetOf(offset);
  return offsetMs === null || Number(second) > 60 ? null : wall - offsetMs;
}

function offsetOf(text: string): number | null {
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2));
  if (hours > 14 || minutes > 59) return null;
  return (text[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
