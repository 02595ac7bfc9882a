import { boundsOf, type Window } from '@/lib/segment/window';

type Preset = { key: string; label: string; window: Window };

/** What marketers mean most of the time. */
export const presets: readonly Preset[] = [
  { key: 'last 7', label: 'in the last 7 days', window: { last: { days: 7 } } },
  { key: 'last 30', label: 'in the last 30 days', window: { last: { days: 30 } } },
  { key: 'last 90', label: 'in the last 90 days', window: { last: { days: 90 } } },
  { key: 'today', label: 'today', window: 'today' },
  { key: 'yesterday', label: 'yesterday', window: 'yesterday' },
  { key: 'thisMonth', label: 'this month', window: 'thisMonth' },
  { key: 'previousMonth', label: 'in the previous month', window: 'previousMonth' },
  { key: 'ever', label: 'at any time', window: 'ever' },
];

export const windowKinds: readonly { kind: string; label: string; begins: Window }[] = [
  { kind: 'last', label: 'in the last …', begins: { last: { days: 14 } } },
  { kind: 'on', label: 'on a day', begins: { on: '' } },
  { kind: 'between', label: 'between two days', begins: { between: ['', ''] } },
  { kind: 'before', label: 'before a day', begins: { before: '' } },
  { kind: 'after', label: 'after a day', begins: { after: '' } },
  { kind: 'ago', label: 'between … and … ago', begins: { ago: { from: { days: 60 }, to: { days: 30 } } } },
  { kind: 'exactly', label: 'exactly … ago', begins: { exactly: { days: 7 } } },
];

export const kindOf = (window: Window): string => (typeof window === 'string' ? window : (Object.keys(window)[0] ?? 'ever'));

export const presetOf = (window: Window): Preset | undefined => {
  const text = JSON.stringify(window);
  return presets.find((preset) => JSON.stringify(preset.window) === text);
};

/** The window a kind begins with, keeping a length or a day that fits. */
export function beginningOf(kind: string, before: Window): Window {
  const begins = windowKinds.find((each) => each.kind === kind)?.begins ?? 'ever';
  if (kind === 'last' && typeof before === 'object' && 'last' in before) return before;
  const day = dayIn(before);
  if (!day) return begins;
  if (kind === 'between') return { between: [day, day] };
  return kind === 'on' ? { on: day } : kind === 'before' ? { before: day } : kind === 'after' ? { after: day } : begins;
}

function dayIn(window: Window): string | undefined {
  if (typeof window === 'string') return undefined;
  if ('on' in window) return window.on;
  if ('before' in window) return window.before;
  if ('after' in window) return window.after;
  return 'between' in window ? window.between[0] : undefined;
}

/** "9 Mar 00:00 → now, Asia/Kolkata"; empty for ever and for a window that lacks something. @param isNow what `at` is called. */
export function boundsText(window: Window, zone: string, at: Date, isNow: boolean): string {
  if (window === 'ever') return '';
  try {
    const { from, to, toIncluded } = boundsOf(window, zone, at);
    const text = instantText(zone, at);
    return `${from ? text(from) : 'the beginning'} → ${toIncluded && isNow ? 'now' : text(to)}, ${zone}`;
  } catch {
    return '';
  }
}

const formats = new Map<string, { year: Intl.DateTimeFormat; short: Intl.DateTimeFormat; long: Intl.DateTimeFormat }>();

function formatsOf(timeZone: string) {
  const parts = { timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const known = formats.get(timeZone) ?? {
    year: new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric' }),
    short: new Intl.DateTimeFormat('en-GB', parts),
    long: new Intl.DateTimeFormat('en-GB', { ...parts, year: 'numeric' }),
  };
  formats.set(timeZone, known);
  return known;
}

/** The year only where it is another than that of `at`. */
function instantText(zone: string, at: Date): (instant: Date) => string {
  const { year, short, long } = formatsOf(zone);
  return (instant) => (year.format(instant) === year.format(at) ? short : long).format(instant).replace(/,/g, '');
}
