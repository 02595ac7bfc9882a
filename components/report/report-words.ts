import { dayAndTime } from '@/components/campaign/zoned-text';
import type { Compared } from '@/db/reports';
import type { Lift } from '@/lib/campaign/lift';

const places = (share: number): number => (share === 0 ? 0 : Math.abs(share) < 0.01 ? 2 : 1);

/** "4.2 %"; two places below one per cent. */
export const percentText = (share: number): string => `${(share * 100).toFixed(places(share))} %`;

const signed = (share: number): string => `${share > 0 ? '+' : share < 0 ? '−' : ''}${percentText(Math.abs(share))}`;

const points = (share: number): string => signed(share).replace(' %', '');

/** What the figures allow to be said, and no more. */
export function verdict({ difference }: Lift): string {
  if (!difference) return 'There is nobody to compare with yet.';
  if (difference.low > 0) return 'Being in the audience brought more of them to the goal.';
  if (difference.high < 0) return 'Being in the audience kept some of them from the goal.';
  return 'A difference this small may be chance: it cannot be told from none yet.';
}

export const differenceText = ({ difference }: Lift): string =>
  difference ? `${points(difference.value)} percentage points (95 %: ${points(difference.low)} to ${points(difference.high)})` : '–';

export const relativeText = ({ relative }: Lift): string =>
  relative ? `${signed(relative.value)} (95 %: ${signed(relative.low)} to ${signed(relative.high)})` : '–';

/** Who is compared. */
export function comparedText(compared: Compared | null, zone: string): string {
  if (!compared) return 'Each person counts once, from joining, when the days are over.';
  const { from, until, controlPercent } = compared;
  const began = dayAndTime(from, zone);
  const whom = until
    ? `, and had their days, from ${began} to ${dayAndTime(until, zone)}, while ${controlPercent} % were the control group`
    : ` since ${began}, when ${controlPercent} % became the control group`;
  return `Only those who came in${whom}. Each person counts once, from joining, or from being drawn, when the days are over.`;
}
