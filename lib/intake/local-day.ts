/** Offsets of all zones since 1990 are whole quarters of an hour, so one answer serves a quarter. */
const quarterMs = 15 * 60_000;

/** @param zone IANA. @returns the local date, YYYY-MM-DD, of an instant in ms; cheap when called for many instants that lie close together. */
export function localDays(zone: string): (time: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const days = new Map<number, string>();
  return (time) => {
    const quarter = Math.floor(time / quarterMs);
    let day = days.get(quarter);
    if (day === undefined) {
      day = format.format(quarter * quarterMs);
      if (days.size > 100_000) days.clear();
      days.set(quarter, day);
    }
    return day;
  };
}
