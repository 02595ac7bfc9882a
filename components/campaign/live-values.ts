import type { FieldFault } from '@/components/segment/faults';
import { faultAt } from '@/components/segment/faults';
import { newStep, type Step } from '@/components/segment/tree';
import { stepJson, stepOf } from '@/components/segment/tree-json';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { exitSchema, type LiveStep, triggerSchema, usualStayDays } from '@/lib/live/trigger';
import type { Duration } from '@/lib/segment/dates';
import { pathText } from '@/lib/segment/definition';

/** What the form of a live campaign holds: every field of every kind at once, so that changing the kind and back loses nothing. */
export type LiveValues = {
  kind: 'on' | 'sequence' | 'date';
  on: Step[];
  first: Step;
  missing: Step;
  gap: Duration;
  date: string;
  when: 'before' | 'on' | 'after';
  days: number;
  yearly: boolean;
  time: string;
  exit: Step[];
  stayDays: number;
};

export function liveValuesOf({ trigger, exit, stayDays }: CampaignDraft): LiveValues {
  let made = 0;
  const read = (step: LiveStep): Step => stepOf(step.did, step.where, () => `live${++made}`);
  const blank = (): Step => ({ ...newStep(), id: `live${++made}` });
  const values: LiveValues = {
    kind: 'on',
    on: [blank()],
    first: blank(),
    missing: blank(),
    gap: { hours: 1 },
    date: '',
    when: 'before',
    days: 3,
    yearly: false,
    time: '09:00',
    exit: (exit ?? []).map(read),
    stayDays: stayDays ?? usualStayDays,
  };
  if (!trigger) return values;
  if ('on' in trigger) return { ...values, kind: 'on', on: trigger.on.map(read) };
  if ('sequence' in trigger) {
    const [first, second] = trigger.sequence;
    const missing = 'didNot' in second ? { did: second.didNot, where: second.where } : second;
    return { ...values, kind: 'sequence', first: read(first), missing: read(missing), gap: trigger.gap };
  }
  const { date, before, after, yearly = false, time = '00:00' } = trigger;
  const offset = before ? { when: 'before' as const, days: before.days } : after ? { when: 'after' as const, days: after.days } : null;
  return { ...values, kind: 'date', date, when: 'on', ...offset, yearly, time };
}

function triggerJson(values: LiveValues): unknown {
  if (values.kind === 'on') return { on: values.on.map((step) => stepJson('did', step)) };
  if (values.kind === 'sequence') return { sequence: [stepJson('did', values.first), stepJson('didNot', values.missing)], gap: values.gap };
  const { date, when, days, yearly, time } = values;
  return { date, ...(when === 'on' ? {} : { [when]: { days } }), ...(yearly ? { yearly } : {}), ...(time ? { time } : {}) };
}

export type LiveReading = {
  /** Null while something is missing or wrong. */
  patch: Pick<CampaignDraft, 'trigger' | 'exit' | 'stayDays'> | null;
  faults: FieldFault[];
  /** Of the fields that are no part of a step. */
  fault: { date?: string; days?: string; time?: string; stayDays?: string };
};

export function readLive(values: LiveValues): LiveReading {
  const trigger = triggerSchema.safeParse(triggerJson(values));
  const exit = values.exit.length > 0 ? exitSchema.safeParse(values.exit.map((step) => stepJson('did', step))) : null;
  const issues = trigger.error?.issues ?? [];
  const message = (...path: string[]) => issues.find((issue) => path.every((part, i) => issue.path[i] === part))?.message;
  const fault = {
    date: values.kind === 'date' ? (values.date === '' ? 'Choose a date of your users.' : message('date')) : undefined,
    days: message(values.when),
    time: message('time'),
    stayDays: stayFault(values.stayDays),
  };
  const steps = [...stepsOf(values), ...values.exit.map((step, i) => ({ step, at: `exit[${i}]` }))];
  const faults = [
    ...issues.map(({ path, message: text }) => ({ at: pathText(path), text })),
    ...(exit?.error?.issues ?? []).map(({ path, message: text }) => ({ at: pathText(['exit', ...path]), text })),
  ].map(({ at, text }) => faultAt(placesOf(steps), at, text));
  const right = trigger.success && (exit === null || exit.success) && !Object.values(fault).some(Boolean);
  return { patch: right ? { trigger: trigger.data, exit: exit?.data, stayDays: values.stayDays } : null, faults, fault };
}

const stayFault = (days: number) => (Number.isInteger(days) && days >= 1 && days <= 180 ? undefined : 'A whole number from 1 to 180.');

function stepsOf(values: LiveValues): { step: Step; at: string }[] {
  if (values.kind === 'on') return values.on.map((step, i) => ({ step, at: `on[${i}]` }));
  if (values.kind === 'date') return [];
  return [
    { step: values.first, at: 'sequence[0]' },
    { step: values.missing, at: 'sequence[1]' },
  ];
}

/** Whose fault a path is: the step's, or that of one of its filters; the form's own has no field here. */
const placesOf = (steps: readonly { step: Step; at: string }[]) => [
  { id: 'live', at: '' },
  ...steps.flatMap(({ step, at }) => [{ id: step.id, at }, ...step.where.map(({ id }, i) => ({ id, at: `${at}.where[${i}]` }))]),
];

/** Whom the reach of a live campaign counts. */
export const pastWords = (byDate: boolean, days: number): string =>
  byDate ? 'Who has this date at all' : `Who would have qualified in the last ${days === 1 ? 'day' : `${days} days`}, exits aside`;
