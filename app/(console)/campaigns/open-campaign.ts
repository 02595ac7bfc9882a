import 'server-only';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { type CampaignDetail, campaignDetail } from '@/db/campaigns';
import type { Database } from '@/db/client';
import { database } from '@/db/open';
import { requireUser, type SignedIn } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import type { HeldSchedule } from '@/lib/schedule/counting';

export type OpenCampaign = { user: SignedIn; db: Database; campaign: CampaignDetail; now: Date };

/** The gate of every page of one campaign; read once a request. A campaign of another workspace is not found. */
export const openCampaign = cache(async (id: string): Promise<OpenCampaign> => {
  const user = await requireUser();
  const db = database();
  const campaign = await found(campaignDetail(db, user.workspaceId, id));
  return { user, db, campaign, now: new Date() };
});

/** What the campaign follows while it is edited. */
export const heldSchedule = ({ version, nextAt }: CampaignDetail): HeldSchedule | undefined =>
  version ? { schedule: version.schedule, scheduledAt: nextAt && version.scheduledAt } : undefined;

/** The answer, or the not-found page in place of a not_found refusal. */
export async function found<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
}
