'use server';

import { z } from 'zod';
import { draftPatchInput, newCampaignInput } from '@/components/campaign/campaign-input';
import { archiveCampaign, pauseCampaign, resumeCampaign, runNow, stopCampaign } from '@/db/campaign-states';
import { campaignDetail, cloneCampaign, createDraft, discardDraft, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { askForLookalike, dropLookalike } from '@/db/lookalikes';
import { remakeAudience } from '@/db/remake-audience';
import { undoLastRun } from '@/db/run-commands';
import { action } from '@/lib/action';
import { lookalikeInput } from '@/lib/campaign/lookalike';
import { stopInput } from '@/lib/campaign/plan';
import { nudge } from '@/lib/ticker';

const revalidate = '/campaigns';
const byId = z.strictObject({ id: z.uuid() });

export const createCampaign = action(
  newCampaignInput,
  async (draft, { user, db, now }) => createDraft(db, user.workspaceId, draft, user.userId, now),
  { revalidate },
);

/** Lays the patch over the draft: two tabs on different steps do not undo each other. */
export const saveDraftPatch = action(
  draftPatchInput,
  async ({ id, patch }, { user, db, now }) => {
    const { draft } = await campaignDetail(db, user.workspaceId, id);
    await saveDraft(db, user.workspaceId, id, { ...draft, ...patch }, now);
  },
  { revalidate },
);

/** Gives up edits that were not scheduled. */
export const discard = action(byId, async ({ id }, { user, db, now }) => discardDraft(db, user.workspaceId, id, now), { revalidate });

export const schedule = action(
  byId,
  async ({ id }, { user, db, now }) => {
    const { droppedDates } = await scheduleCampaign(db, user.workspaceId, id, now, user.userId);
    nudge();
    return { droppedDates };
  },
  { revalidate },
);

export const runCampaignNow = action(
  byId,
  async ({ id }, { user, db, now }) => {
    const run = await runNow(db, user.workspaceId, id, now);
    nudge();
    return run;
  },
  { revalidate },
);

export const pause = action(byId, async ({ id }, { user, db, now }) => pauseCampaign(db, user.workspaceId, id, now), { revalidate });
export const resume = action(
  byId,
  async ({ id }, { user, db, now }) => {
    await resumeCampaign(db, user.workspaceId, id, now);
    nudge();
  },
  { revalidate },
);
export const stop = action(
  stopInput.extend({ id: z.uuid() }),
  async ({ id, members }, { user, db, now }) => {
    await stopCampaign(db, user.workspaceId, id, now, members);
    nudge();
  },
  { revalidate },
);
export const remake = action(
  byId,
  async ({ id }, { user, db, now }) => {
    await remakeAudience(db, user.workspaceId, id, now);
    nudge();
  },
  { revalidate },
);
export const askLookalike = action(
  lookalikeInput.extend({ id: z.uuid() }),
  async ({ id, ...input }, { user, db, now }) => {
    await askForLookalike(db, user.workspaceId, id, input, user.userId, now);
    nudge();
  },
  { revalidate },
);
export const deleteLookalike = action(
  z.strictObject({ id: z.uuid(), lookalikeId: z.int() }),
  async ({ id, lookalikeId }, { user, db, now }) => {
    await dropLookalike(db, user.workspaceId, id, lookalikeId, now);
    nudge();
  },
  { revalidate },
);
export const undo = action(
  byId,
  async ({ id }, { user, db, now }) => {
    const run = await undoLastRun(db, user.workspaceId, id, now);
    nudge();
    return run;
  },
  { revalidate },
);
export const archive = action(byId, async ({ id }, { user, db, now }) => archiveCampaign(db, user.workspaceId, id, now), { revalidate });
export const clone = action(byId, async ({ id }, { user, db, now }) => cloneCampaign(db, user.workspaceId, id, user.userId, now), {
  revalidate,
});
