import type { Definition } from '@/lib/segment/definition';
import { birthday, type LiveStep, type Trigger } from './trigger';

/**
 * Who would be members now, had the campaign listened all along, its exits aside: what reach is estimated by. Of a date trigger those who have
 * such a date at all: when it comes round depends on each.
 */
export function pastDefinition(trigger: Trigger, narrowing: Definition | null, stayDays: number): Definition {
  const qualified = triggered(trigger, stayDays);
  return narrowing ? { all: [qualified, narrowing] } : qualified;
}

function triggered(trigger: Trigger, stayDays: number): Definition {
  const within = { last: { days: stayDays } };
  if ('date' in trigger) return trigger.date === birthday ? { has: 'birthDay' } : { property: trigger.date, op: 'exists' };
  if ('sequence' in trigger) return { ...trigger, within };
  const [only, ...others] = trigger.on.map((step: LiveStep) => ({ ...step, within }));
  return only && others.length === 0 ? only : { any: [...(only ? [only] : []), ...others] };
}
