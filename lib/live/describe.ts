import type { Definition } from '@/lib/segment/definition';
import { describeCondition, durationText, eventPhrase, type SegmentNames } from '@/lib/segment/describe';
import { birthday, type DateTrigger, type LiveStep, type Trigger, usualStayDays } from './trigger';

export type LiveWho = {
  trigger: Trigger;
  exit?: readonly LiveStep[] | undefined;
  stayDays?: number | null | undefined;
  /** What narrows it; a saved segment as the condition that names it. */
  narrowing?: Definition | undefined;
};

/** Who a live campaign is for, in words, without a full stop at the end: "Users the moment they do “Viewed”, as long as they …". */
export function describeLive({ trigger, exit = [], stayDays, narrowing }: LiveWho, segmentNames: SegmentNames = new Map()): string {
  const narrowed = narrowing ? `, as long as they ${describeCondition(narrowing, segmentNames)}` : '';
  return `Users ${triggerPhrase(trigger)}${narrowed}. They ${stayPhrase(exit, stayDays ?? usualStayDays)}`;
}

export function triggerPhrase(trigger: Trigger): string {
  if ('on' in trigger) return `the moment they do ${eventsPhrase(trigger.on)}`;
  if ('date' in trigger) return datePhrase(trigger);
  const [first, second] = trigger.sequence;
  const missing = 'didNot' in second ? { did: second.didNot, where: second.where } : second;
  return `who do ${eventPhrase(first)} and then not ${eventPhrase(missing)} within ${durationText(trigger.gap)}, the moment that has passed`;
}

function datePhrase({ date, before, after, yearly, time }: DateTrigger): string {
  const offset = before ? `${days(before.days)} before` : after ? `${days(after.days)} after` : 'on';
  const what = date === birthday ? 'birthday' : `“${date}”`;
  return `${offset} their ${what}${yearly && date !== birthday ? ', whatever the year' : ''}${time ? `, at ${time}` : ''}`;
}

const stayPhrase = (exit: readonly LiveStep[], stayDays: number) =>
  `stay ${days(stayDays)}${exit.length > 0 ? `, or until they do ${eventsPhrase(exit)}` : ''}`;

const days = (n: number) => (n === 1 ? '1 day' : `${n} days`);

const eventsPhrase = (steps: readonly LiveStep[]) => steps.map(eventPhrase).join(', or ');
