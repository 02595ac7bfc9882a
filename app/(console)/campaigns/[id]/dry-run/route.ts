import { notFound } from 'next/navigation';
import { campaignDetail } from '@/db/campaigns';
import { outcomes } from '@/db/ledger-preview';
import { database } from '@/db/open';
import { requireUser } from '@/lib/auth';
import { campaignPlanSchema } from '@/lib/campaign/plan';
import { csv, csvLine } from '@/lib/stream';
import { dryRunMembers } from '@/lib/sync/dry-run';
import { found } from '../../open-campaign';

/** All behind one count of the dry run, as CSV, never their digests. Streamed. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const user = await requireUser();
  const { id } = await params;
  const asked = new URL(request.url).searchParams.get('list');
  const outcome = outcomes.find((each) => each === asked);
  const db = database();
  const { draft } = await found(campaignDetail(db, user.workspaceId, id));
  const plan = campaignPlanSchema.safeParse(draft);
  if (!outcome || !plan.success) notFound();
  const members = dryRunMembers(db, user.workspaceId, plan.data, new Date(), { campaignId: id, outcomes: [outcome] });
  const lines = async function* () {
    yield csvLine(['userId', 'anonymousId', 'outcome']);
    for await (const member of members) yield csvLine([member.userId, member.anonymousId, member.outcome]);
  };
  return csv(lines(), `dry-run-${outcome}.csv`);
}
