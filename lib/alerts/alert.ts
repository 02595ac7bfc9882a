import type { AlertKind } from '@/db/schema';

/** An alert before it is kept: what it is about, in the marketer's words. */
export type NewAlert = { kind: AlertKind; key: string; title: string; message: string; link: string };

export type FailedRun = { runId: number; campaignId: string; campaignName: string; errorMessage: string | null };

export function runFailed({ runId, campaignId, campaignName, errorMessage }: FailedRun): NewAlert {
  return {
    kind: 'run_failed',
    key: `run:${runId}`,
    title: `A run of “${campaignName}” failed`,
    message: errorMessage ?? 'The run page says what happened.',
    link: `/campaigns/${campaignId}/runs/${runId}`,
  };
}

export type Reach = { runId: number; campaignId: string; campaignName: string; before: number; now: number };

/** By how many percent reach has changed; from nothing to something counts as a hundred. */
const changePercent = (before: number, now: number): number => (before === 0 ? (now > 0 ? 100 : 0) : ((now - before) / before) * 100);

/** Null where it has not changed by more than that share. */
export function reachChanged({ runId, campaignId, campaignName, before, now }: Reach, percent: number): NewAlert | null {
  const change = changePercent(before, now);
  if (Math.abs(change) <= percent) return null;
  const by = whole.format(Math.max(1, Math.round(Math.abs(change))));
  return {
    kind: 'reach_changed',
    key: `reach:${runId}`,
    title: `Reach of “${campaignName}” ${change < 0 ? 'fell' : 'rose'} by ${by} %`,
    message: `${whole.format(now)} users qualified at this run, ${whole.format(before)} at the one before. Is that what happened in your product, or has the data changed?`,
    link: `/campaigns/${campaignId}/runs/${runId}`,
  };
}

export type BrokenConnection = { id: string; name: string; reason: string; campaigns: string[] };

export function connectionBroken({ id, name, reason, campaigns }: BrokenConnection): NewAlert {
  return {
    kind: 'needs_attention',
    key: `connection:${id}`,
    title: `The connection of ${name} needs to be made again`,
    message: `${sentence(reason)}${campaigns.length > 0 ? ` Waiting for it: ${named(campaigns)}.` : ''}`,
    link: '/settings/connections',
  };
}

export type BlockedCampaign = { id: string; name: string; message: string };

/** One alert for all campaigns that wait for the same terms, else one for each. @param key of what they wait for. */
export function campaignsBlocked(key: string, campaigns: BlockedCampaign[]): NewAlert {
  const [first] = campaigns;
  const names = campaigns.map((one) => one.name);
  const alone = names.length === 1;
  const waiting = alone ? '' : ` Waiting for it: ${named(names)}.`;
  const after = alone ? 'It goes on by itself once that is mended.' : 'They go on by themselves once that is mended.';
  return {
    kind: 'needs_attention',
    key,
    title: alone ? `“${names[0]}” is blocked` : `${whole.format(names.length)} campaigns are blocked`,
    message: `${sentence(first?.message ?? '')}${waiting} ${after}`,
    link: `/campaigns/${first?.id}`,
  };
}

export type WaitingCampaign = { id: string; name: string; reason: string };

/** Facebook has put the ad account off for a while, and Beckon with it. */
export function accountPutOff(adAccountId: string, campaigns: WaitingCampaign[]): NewAlert {
  const [first] = campaigns;
  return {
    kind: 'needs_attention',
    key: `wait:${adAccountId}`,
    title: 'Facebook takes nothing for an ad account',
    message: `${sentence(first?.reason ?? '')} Waiting for it: ${named([...new Set(campaigns.map((one) => one.name))])}. It goes on by itself; if it lasts, look at Account Quality at Facebook.`,
    link: `/campaigns/${first?.id}`,
  };
}

/** Days before its end at which a token's expiry is told, the last one first. */
export const expiryDays = [1, 7, 14] as const;

export type ExpiringToken = { id: string; name: string; expiresAt: Date; campaigns: string[] };

/** Null while more than two weeks are left, and when none is. */
export function tokenExpiring({ id, name, expiresAt, campaigns }: ExpiringToken, now: Date): NewAlert | null {
  const leftDays = (expiresAt.getTime() - now.getTime()) / 86_400_000;
  const stage = expiryDays.find((days) => leftDays <= days);
  if (stage === undefined || leftDays <= 0) return null;
  return {
    kind: 'token_expiring',
    key: `token:${id}:${expiresAt.toISOString()}:${stage}`,
    title: `The connection of ${name} ends ${leftDays <= 1 ? 'within a day' : `in ${Math.ceil(leftDays)} days`}`,
    message: `Connect again before ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.${
      campaigns.length > 0 ? ` Otherwise these stop: ${named(campaigns)}.` : ''
    }`,
    link: '/settings/connections',
  };
}

const whole = new Intl.NumberFormat('en-US');

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** At most five by name. */
function named(names: string[]): string {
  const shown = names.slice(0, 5).map((name) => `“${name}”`);
  const more = names.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
