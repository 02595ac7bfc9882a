import type { CampaignDetail } from '@/db/campaigns';
import type { Lookalike } from '@/db/lookalikes';
import type { RunDetail, RunRow } from '@/db/runs';
import { describeSchedule } from '@/lib/schedule/describe';

/** What the API says of campaigns and runs. */
export function campaignView(campaign: CampaignDetail): object {
  const { id, name, state, blocker, version, nextAt, audience, members, draft, hasUnscheduledEdits, createdAt, updatedAt } = campaign;
  const target = audience && {
    id: audience.facebookId,
    name: audience.name,
    adAccountId: audience.adAccountId,
    sizeLower: audience.sizeLower,
    sizeUpper: audience.sizeUpper,
  };
  const when = draft.schedule ? describeSchedule(draft.schedule) : null;
  return {
    id,
    name,
    state,
    blocker,
    version: version?.version ?? null,
    nextAt,
    when,
    audience: target,
    counts: { members },
    plan: draft,
    hasUnscheduledEdits,
    createdAt,
    updatedAt,
  };
}

export function lookalikeView({
  id,
  name,
  country,
  percent,
  state,
  facebookId,
  sizeLower,
  sizeUpper,
  fault,
  createdAt,
}: Lookalike): object {
  return { id, name, country, percent, state, facebookId, sizeLower, sizeUpper, fault, createdAt };
}

export function runView(run: RunRow): object {
  const {
    id,
    campaignId,
    occurrenceAt,
    trigger,
    purpose,
    sendBy,
    holdReason,
    mended,
    screenState,
    state,
    waitUntil,
    waitReason,
    qualified,
    excluded,
    control,
    overCap,
    unreachable,
    toAdd,
    toRemove,
    added,
    removed,
    received,
    invalid,
    deferred,
  } = run;
  const error = run.errorCode === null ? null : { code: run.errorCode, message: run.errorMessage, trace: run.errorTrace };
  const counts = { qualified, excluded, control, overCap, unreachable, toAdd, toRemove, added, removed, received, invalid, deferred };
  const times = { createdAt: run.createdAt, frozenAt: run.frozenAt, sentAt: run.sentAt, finishedAt: run.finishedAt };
  return {
    id,
    campaignId,
    occurrenceAt,
    trigger,
    purpose,
    sendBy,
    state: screenState,
    holdReason,
    mended: mended ?? [],
    step: state,
    waitUntil,
    waitReason,
    counts,
    error,
    ...times,
  };
}

export function runDetailView(run: RunDetail): object {
  const batches = run.batches.map(({ seq, op, rows, state, received, invalid, attempts, traceId, startedAt, finishedAt }) => {
    return { seq, op, rows, state, received, invalid, attempts, traceId, startedAt, finishedAt };
  });
  return { ...runView(run), progress: { rowsTotal: run.rowsTotal, rowsDone: run.rowsDone }, batches };
}
