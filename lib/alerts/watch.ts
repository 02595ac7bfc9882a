import {
  type BlockedCampaignFacts,
  blockedCampaigns,
  connectionsInTrouble,
  type EndedRun,
  runsEndedSince,
  type WaitingRunFacts,
  waitingRuns,
  watchedUntil,
  watchFrom,
} from '@/db/alert-facts';
import { defaultReachPercent } from '@/db/alert-settings';
import { raiseAlert, resolveAlerts, standingAlerts } from '@/db/alerts';
import type { Database } from '@/db/client';
import type { WorkspaceId } from '@/lib/auth';
import { isTold } from '@/lib/facebook/errors';
import {
  accountPutOff,
  campaignsBlocked,
  connectionBroken,
  expiryDays,
  type NewAlert,
  reachChanged,
  runFailed,
  tokenExpiring,
} from './alert';

type Raised = { workspaceId: WorkspaceId; alert: NewAlert };

/** Transactions that end runs may commit a little out of order; what was told already is not told again. */
const overlapMs = 10 * 60_000;

/**
 * Looks at what has happened and at what stands, raises alerts for it, and closes those whose cause is gone. Derived from what is stored,
 * so a crash loses none. May be repeated, and run by several at once. @returns how many are new.
 */
export async function watchAlerts(db: Database, now: Date): Promise<number> {
  const standing = [...(await connectionAlerts(db, now)), ...(await blockedAlerts(db)), ...(await waitingAlerts(db))];
  const happened = await endedRunAlerts(db, now);
  const open = new Map((await standingAlerts(db)).map(({ id, workspaceId, key }) => [placeOf(workspaceId, key), id]));
  let raised = 0;
  for (const { workspaceId, alert } of [...happened, ...standing]) {
    // Standing ones go by the list of open ones: each insert that comes to nothing would use up an id.
    if (open.delete(placeOf(workspaceId, alert.key))) continue;
    if (await raiseAlert(db, workspaceId, alert, now)) raised++;
  }
  await resolveAlerts(db, [...open.values()], now);
  return raised;
}

const placeOf = (workspaceId: WorkspaceId, key: string) => `${workspaceId} ${key}`;

async function endedRunAlerts(db: Database, now: Date): Promise<Raised[]> {
  const seen = await watchedUntil(db, now);
  const ended = await runsEndedSince(db, new Date(seen.getTime() - overlapMs));
  const last = ended.at(-1)?.finishedAt;
  if (last && last > seen) await watchFrom(db, last);
  return ended.flatMap((run) => {
    const alert = run.state === 'failed' ? runFailed(run) : reachAlert(run);
    return alert ? [{ workspaceId: run.workspaceId, alert }] : [];
  });
}

function reachAlert({ qualified, qualifiedBefore, reachPercent, hasSettings, ...run }: EndedRun): NewAlert | null {
  const percent = hasSettings ? reachPercent : defaultReachPercent;
  if (percent === null || qualified === null || qualifiedBefore === null) return null;
  return reachChanged({ ...run, before: qualifiedBefore, now: qualified }, percent);
}

async function connectionAlerts(db: Database, now: Date): Promise<Raised[]> {
  const soon = new Date(now.getTime() + Math.max(...expiryDays) * 86_400_000);
  return (await connectionsInTrouble(db, soon)).flatMap(({ workspaceId, brokenReason, expiresAt, ...connection }) => {
    const alert = brokenReason
      ? connectionBroken({ ...connection, reason: brokenReason })
      : expiresAt && tokenExpiring({ ...connection, expiresAt }, now);
    return alert ? [{ workspaceId, alert }] : [];
  });
}

/** A broken connection speaks for all that use it; terms for all campaigns of the ad account; anything else for itself. */
async function blockedAlerts(db: Database): Promise<Raised[]> {
  const groups = new Map<string, BlockedCampaignFacts[]>();
  for (const campaign of await blockedCampaigns(db)) {
    if (campaign.blocker.action === 'reconnect' && campaign.toldByConnection) continue;
    const key = campaign.blocker.action === 'accept_terms' ? `terms:${campaign.adAccountId}` : `campaign:${campaign.id}`;
    const place = `${campaign.workspaceId} ${key}`;
    groups.set(place, [...(groups.get(place) ?? []), campaign]);
  }
  return [...groups].flatMap(([place, campaigns]) => {
    const blocked = campaigns.map(({ id, name, blocker }) => ({ id, name, message: blocker.message }));
    const workspaceId = campaigns[0]?.workspaceId;
    return workspaceId === undefined ? [] : [{ workspaceId, alert: campaignsBlocked(place.slice(place.indexOf(' ') + 1), blocked) }];
  });
}

/** One for all campaigns of an ad account that Facebook has put off; of ordinary limits nobody needs to know. */
async function waitingAlerts(db: Database): Promise<Raised[]> {
  const groups = new Map<string, WaitingRunFacts[]>();
  for (const run of await waitingRuns(db)) {
    if (!isTold(run.errorCode)) continue;
    const place = `${run.workspaceId} ${run.adAccountId}`;
    groups.set(place, [...(groups.get(place) ?? []), run]);
  }
  return [...groups.values()].flatMap((runs) => {
    const campaigns = runs.map(({ campaignId, campaignName, waitReason }) => ({ id: campaignId, name: campaignName, reason: waitReason }));
    const [first] = runs;
    return first ? [{ workspaceId: first.workspaceId, alert: accountPutOff(first.adAccountId, campaigns) }] : [];
  });
}
