'use client';

import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Duration } from '@/lib/segment/dates';
import { boundsOf, type Window } from '@/lib/segment/window';
import { DurationField } from './duration-field';

const kinds: [string, string, Window][] = [
  ['last', 'in the last', { last: { days: 7 } }],
  ['ever', 'ever', 'ever'],
  ['today', 'today', 'today'],
  ['yesterday', 'yesterday', 'yesterday'],
  ['thisMonth', 'this month', 'thisMonth'],
  ['previousMonth', 'in the previous month', 'previousMonth'],
  ['on', 'on', { on: '' }],
  ['before', 'before', { before: '' }],
  ['after', 'after', { after: '' }],
  ['between', 'between', { between: ['', ''] }],
  ['ago', 'between … and … ago', { ago: { from: { days: 60 }, to: { days: 30 } } }],
  ['exactly', 'exactly … ago', { exactly: { days: 7 } }],
];

const kindOf = (window: Window) => (typeof window === 'string' ? window : (Object.keys(window)[0] ?? 'ever'));

type Props = { value: Window; onChange: (window: Window) => void; zone: string; now: Date };

/** A time window, and the two instants it means right now. */
export function WindowField({ value, onChange, zone, now }: Props) {
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-2">
        <Select
          aria-label="Time window"
          value={kindOf(value)}
          onChange={(event) => onChange(kinds.find(([kind]) => kind === event.target.value)?.[2] ?? 'ever')}
        >
          {kinds.map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </Select>
        <WindowDetail value={value} onChange={onChange} />
      </div>
      <p className="text-muted-foreground text-xs tabular-nums">{boundsText(value, zone, now)}</p>
    </div>
  );
}

function WindowDetail({ value, onChange }: Pick<Props, 'value' | 'onChange'>) {
  const day = (text: string, label: string, change: (text: string) => void) => (
    <Input type="date" aria-label={label} className="w-40" value={text} onChange={(event) => change(event.target.value)} />
  );
  if (typeof value === 'string') return null;
  if ('last' in value) return <DurationField label="Length" value={value.last} onChange={(last) => onChange({ last })} />;
  if ('exactly' in value)
    return <DurationField label="How long ago" calendar value={value.exactly} onChange={(exactly) => onChange({ exactly })} />;
  if ('on' in value) return day(value.on, 'Day', (on) => onChange({ on }));
  if ('before' in value) return day(value.before, 'Day', (before) => onChange({ before }));
  if ('after' in value) return day(value.after, 'Day', (after) => onChange({ after }));
  if ('between' in value) {
    const [first, last] = value.between;
    return (
      <>
        {day(first, 'First day', (text) => onChange({ between: [text, last] }))}
        <span className="text-muted-foreground text-sm">and</span>
        {day(last, 'Last day', (text) => onChange({ between: [first, text] }))}
      </>
    );
  }
  const ago = (part: Partial<{ from: Duration; to: Duration }>) => onChange({ ago: { ...value.ago, ...part } });
  return (
    <>
      <DurationField label="From" calendar value={value.ago.from} onChange={(from) => ago({ from })} />
      <span className="text-muted-foreground text-sm">and</span>
      <DurationField label="To" calendar value={value.ago.to} onChange={(to) => ago({ to })} />
    </>
  );
}

function boundsText(window: Window, zone: string, now: Date): string {
  if (window === 'ever') return '';
  try {
    const { from, to, toIncluded } = boundsOf(window, zone, now);
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    });
    return `${from ? format.format(from) : 'the beginning'} → ${toIncluded ? 'now' : format.format(to)}, ${zone}`;
  } catch {
    return 'Choose a day.';
  }
}
