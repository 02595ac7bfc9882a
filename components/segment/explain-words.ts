import { counted, dayText, listed, numberText, timeText } from '@/components/campaign/zoned-text';
import { identifierWords } from '@/components/profile/identifier-words';
import { type Aggregate, type Compare, compareOf } from '@/lib/segment/behaviour';
import { windowPhrase } from '@/lib/segment/describe';
import type { Because, Explained, Seen, Sent } from '@/lib/segment/explain';

/** What decided a condition, in plain words. */

export type Moment = { at: Date; zone: string };
export type Told = Sent<Explained>;
export type ToldLeaf = Extract<Told, { because: unknown }>;
type ToldSeen = Sent<Seen>;
type Events = Sent<Extract<Because, { kind: 'events' }>>;
type Occurrence = Sent<Extract<Because, { kind: 'occurrence' }>>;
type Pairs = Sent<Extract<Because, { kind: 'sequence' }>>['pairs'];

/** "21 Nov 14:02"; the year where it is not the one of `at`. */
export function shortInstant(instant: string | Date, { at, zone }: Moment): string {
  const time = new Date(instant);
  const [, day, month, year] = dayText(time, zone).split(' ');
  const sameYear = dayText(at, zone).endsWith(String(year));
  return `${day} ${month}${sameYear ? '' : ` ${year}`} ${timeText(time, zone)}`;
}

export function evidenceText(leaf: ToldLeaf, moment: Moment): string {
  const { because } = leaf;
  switch (because.kind) {
    case 'events':
      return eventsText(leaf, because, moment);
    case 'occurrence':
      return occurrenceText(leaf, because, moment);
    case 'sequence':
      return pairsText(leaf, because.pairs);
    case 'property':
      return because.value === null ? 'Not known.' : `It is ${valueText(because.value)}.`;
    case 'has':
      return because.has ? `By ${listed(because.known.map((name) => identifierWords[name]))}.` : 'There is none.';
    case 'bucket':
      return `Bucket ${because.bucket}.`;
    case 'segment':
      return leaf.answer ? `In “${because.name}”.` : `Not in “${because.name}”.`;
  }
}

function eventsText(leaf: ToldLeaf, { count, value, nearest }: Events, moment: Moment): string {
  const window = 'within' in leaf ? windowPhrase(leaf.within) : '';
  const wanted = 'did' in leaf && !('occurrence' in leaf) ? leaf : undefined;
  if (count > 0 && wanted?.aggregate)
    return aggregateText(wanted.aggregate as Aggregate, value ?? null, `${counted(count, 'event')}${window}`);
  const compare = wanted?.aggregate ? undefined : (wanted?.count as Compare | undefined);
  const found = `${timesText(count, window)}${compare ? `; needs ${needText(compare)}` : ''}.`;
  if (count > 0) return found;
  const zero = leaf.answer && wanted ? ' Never counts too.' : '';
  return `${found}${zero}${nearest ? ` ${missText(nearest, moment)}` : ''}`;
}

function timesText(count: number, window: string): string {
  if (count === 0) return window ? `Not once${window}` : 'Never';
  return `${count === 1 ? 'Once' : count === 2 ? 'Twice' : `${numberText(count)} times`}${window}`;
}

function missText(nearest: NonNullable<Events['nearest']>, moment: Moment): string {
  const when = shortInstant(nearest.time, moment);
  return nearest.misses === 'window'
    ? `The last time was ${when}.`
    : `“${nearest.event}” came ${when}, but the filters do not fit it${propertiesNote(nearest)}.`;
}

const propertiesNote = (seen: ToldSeen) => (seenProperties(seen) ? `: ${seenProperties(seen)}` : '');

/** "amount 49 · product Boots" */
export const seenProperties = ({ properties }: ToldSeen): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(' · ');

const aggregateWords: Record<Aggregate['fn'], string> = {
  sum: 'Sum of',
  avg: 'Average of',
  min: 'Smallest',
  max: 'Largest',
  distinct: 'Different values of',
};

const aggregateText = (aggregate: Aggregate, value: number | null, over: string) =>
  `${aggregateWords[aggregate.fn]} ${aggregate.property}: ${value === null ? 'none' : plainNumber(value)} over ${over}; needs ${needText(compareOf(aggregate))}.`;

const plainNumber = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 6 });

/** "at least 4" */
export function needText(compare: Compare): string {
  if ('between' in compare) return `${plainNumber(compare.between[0])} to ${plainNumber(compare.between[1])}`;
  if ('eq' in compare) return `exactly ${plainNumber(compare.eq)}`;
  if ('ne' in compare) return `any number but ${plainNumber(compare.ne)}`;
  if ('gt' in compare) return `more than ${plainNumber(compare.gt)}`;
  if ('gte' in compare) return `at least ${plainNumber(compare.gte)}`;
  if ('lt' in compare) return `fewer than ${plainNumber(compare.lt)}`;
  return `at most ${plainNumber(compare.lte)}`;
}

function occurrenceText(leaf: ToldLeaf, { event }: Occurrence, moment: Moment): string {
  if (!event) return 'It never happened.';
  const which = 'occurrence' in leaf && leaf.occurrence === 'first' ? 'The first' : 'The last';
  return `${which} was ${shortInstant(event.time, moment)}${propertiesNote(event)}.`;
}

function pairsText(leaf: ToldLeaf, pairs: Pairs): string {
  if (pairs.length === 0) return 'The first step did not happen.';
  const isBroken = 'sequence' in leaf && 'didNot' in leaf.sequence[1];
  const followed = pairs.filter((pair) => pair.second).length;
  if (isBroken)
    return leaf.answer ? 'It was not followed in time.' : followed > 0 ? 'It was always followed in time.' : 'There is still time.';
  return leaf.answer ? 'It was followed in time.' : 'It was never followed in time.';
}

/** "Added to Cart, 21 Nov 14:02" and what came of it. */
export function pairTexts({ first, second, deadline }: Pairs[number], moment: Moment): { text: string; note: string } {
  const text = `${first.event}, ${shortInstant(first.time, moment)}`;
  if (second) return { text, note: `${second.event} ${elapsedText(Date.parse(second.time) - Date.parse(first.time))} later` };
  const end = shortInstant(deadline, moment);
  return { text, note: new Date(deadline) <= moment.at ? `nothing by ${end}` : `nothing yet, time until ${end}` };
}

/** "3 hours", "2 days 4 hours": the two largest units. */
function elapsedText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor(minutes / 60) % 24, 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const told = parts.filter(([n]) => n > 0).slice(0, 2);
  return told.length === 0 ? 'less than a minute' : told.map(([n, unit]) => counted(n, unit)).join(' ');
}

export function valueText(value: unknown): string {
  if (typeof value === 'string') return `“${value}”`;
  if (Array.isArray(value)) return listed(value.map(valueText));
  return typeof value === 'number' ? plainNumber(value) : JSON.stringify(value);
}

/** When the answer changes if nothing happens; null: never. */
export function changeText(
  { answer, changesAt, steadyUntil }: Pick<Told, 'answer' | 'changesAt' | 'steadyUntil'>,
  moment: Moment,
): string | null {
  if (changesAt) return `${answer ? 'holds until' : 'holds from'} ${shortInstant(changesAt, moment)}, if nothing happens`;
  return steadyUntil ? `stays so until ${shortInstant(steadyUntil, moment)} at least` : null;
}
