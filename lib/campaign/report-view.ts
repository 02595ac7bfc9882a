import type { Goal, Report } from '@/db/reports';
import { type Group, liftOf } from './lift';

const groupView = (group: Group) => ({ ...group, share: group.people === 0 ? null : group.converted / group.people });

/** What the API says of a campaign's effect. Shares and lifts are fractions; intervals are of 95 %. */
export function reportView({ quality, conversions }: Report, goal: Goal | null): object {
  const { one, two, more, received, invalid, sizeLower, sizeUpper } = quality;
  const match = { byIdentifiers: { one, two, more }, received, invalid, facebook: { sizeLower, sizeUpper } };
  if (!conversions || !goal) return { quality: match, conversions: null };
  const { target, control, compared } = conversions;
  return {
    quality: match,
    conversions: {
      goal: goal.event,
      days: goal.days,
      target: groupView(target),
      control: groupView(control),
      compared,
      lift: liftOf(target, control),
    },
  };
}
