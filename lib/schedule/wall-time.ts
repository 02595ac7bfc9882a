import { Temporal } from 'temporal-polyfill';

/** A wall time's instant: in a gap the first moment that exists after it, in a fold the first of the two. */
export function instantOf(wall: string, zone: string): Date {
  const plain = Temporal.PlainDateTime.from(wall);
  const earlier = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const inGap = !earlier.toPlainDateTime().equals(plain);
  // "earlier" in a gap goes back by the gap's length, to before it; the next transition from there is the gap's end.
  const resolved = inGap ? (earlier.getTimeZoneTransition('next') ?? earlier) : earlier;
  return new Date(resolved.epochMilliseconds);
}

/** The instant at which the local day is over. */
export function dayEnd(day: string, zone: string): Date {
  const next = Temporal.PlainDate.from(day).add({ days: 1 });
  return new Date(next.toZonedDateTime(zone).epochMilliseconds);
}

/** `from` and `to` are wall times such as 2027-03-14T02:00: what the clock would have read at `at`, and what it reads. */
export type ClockChange = { at: Date; from: string; to: string };

/** Moments in [after, until) at which the zone's clocks are moved, ascending. */
export function clockChanges(zone: string, after: Date, until: Date): ClockChange[] {
  const found: ClockChange[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(after.getTime() - 1).toZonedDateTimeISO(zone);
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds >= until.getTime()) return found;
    const before = next.subtract({ nanoseconds: 1 });
    const from = next.toPlainDateTime().add({ nanoseconds: before.offsetNanoseconds - next.offsetNanoseconds });
    const minute = { smallestUnit: 'minute' } as const;
    found.push({ at: new Date(next.epochMilliseconds), from: from.toString(minute), to: next.toPlainDateTime().toString(minute) });
    at = next;
  }
}
