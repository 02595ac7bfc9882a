import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import type { Database } from './client';
import { lateMs } from './erasures';
import { withdrawnProfiles } from './exclusions';
import { formerProfiles } from './profile-merge';
import { audiences, campaigns, type ReceiptKind, type RemovalOutcome, removalReceipts, removals, users, workspaces } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type Removal = {
  campaignId: string;
  audience: string;
  /** Facebook's id of the audience; null before it was made. */
  facebookId: string | null;
  outcome: RemovalOutcome | null;
  at: Date | null;
  traceId: string | null;
  /** What it waits for, in words; null where nothing is in its way. */
  waitsFor: string | null;
};

export type Receipt = {
  id: string;
  kind: ReceiptKind;
  profileId: string;
  /** Null for a call of the API, and for consent that came in. */
  requestedBy: string | null;
  requestedAt: Date;
  events: number | null;
  finishedAt: Date | null;
  removals: Removal[];
};

const shown = 200;

/** The newest two hundred. */
export async function listReceipts(db: Database, workspaceId: WorkspaceId): Promise<Receipt[]> {
  return receipts(db, eq(removalReceipts.workspaceId, workspaceId));
}

/** @throws AppError not_found. */
export async function receiptById(db: Database, workspaceId: WorkspaceId, id: string): Promise<Receipt> {
  const [found] = /^[0-9a-f-]{36}$/i.test(id)
    ? await receipts(db, and(eq(removalReceipts.workspaceId, workspaceId), eq(removalReceipts.id, id)))
    : [];
  if (!found) throw new AppError('not_found', 'There is no such receipt.');
  return found;
}

async function receipts(db: Database, which: SQL | undefined): Promise<Receipt[]> {
  const heads = await db.orm
    .select({ receipt: removalReceipts, requestedBy: users.name })
    .from(removalReceipts)
    .leftJoin(users, eq(users.id, removalReceipts.requestedBy))
    .where(which)
    .orderBy(desc(removalReceipts.requestedAt), removalReceipts.id)
    .limit(shown);
  if (heads.length === 0) return [];
  const ids = heads.map(({ receipt }) => receipt.id);
  const rows = await db.orm
    .select({ removal: removals, audience: audiences, blocker: campaigns.blocker })
    .from(removals)
    .innerJoin(audiences, eq(audiences.id, removals.audienceId))
    .innerJoin(campaigns, eq(campaigns.id, audiences.campaignId))
    .where(sql`${removals.receiptId} in ${ids}`)
    .orderBy(audiences.name);
  const removalsOf = (id: string): Removal[] =>
    rows
      .filter(({ removal }) => removal.receiptId === id)
      .map(({ removal: { outcome, at, traceId }, audience, blocker }) => ({
        campaignId: audience.campaignId,
        audience: audience.name,
        facebookId: audience.facebookId,
        outcome,
        at,
        traceId,
        waitsFor: outcome === null ? (blocker?.message ?? null) : null,
      }));
  return heads.map(({ receipt: { workspaceId: _, ...receipt }, requestedBy }) => ({
    ...receipt,
    profileId: receipt.profileId.toString(),
    requestedBy,
    removals: removalsOf(receipt.id),
  }));
}

/** A removal that Facebook has refused is asked for again after. */
const againMs = 3_600_000;

/** Writes into the receipts which audiences have been left since. @returns how many receipts are finished now. */
export async function settleRemovals(db: Database, now: Date): Promise<number> {
  const open = await db.orm.execute<{ workspaceId: WorkspaceId }>(sql`
    select distinct workspace_id as "workspaceId" from removal_receipts
    where finished_at is null or kind = 'erasure' and finished_at > ${new Date(now.getTime() - lateMs).toISOString()}::timestamptz`);
  let finished = 0;
  for (const { workspaceId } of open) finished += await settleWorkspace(db, workspaceId, now);
  return finished;
}

async function settleWorkspace(db: Database, workspaceId: WorkspaceId, now: Date): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  return db.orm.transaction(async (tx) => {
    await reopenLate(tx, workspaceId, now);
    await tx.execute(sql`
      update removals x set outcome = 'removed', at = ${at}, trace_id = (
          select b.trace_id from batch_members m join sync_batches b on b.run_id = m.run_id and b.seq = m.seq
          where m.audience_id = x.audience_id and exists (select from ${itself} p where p.profile_id = any(m.profile_ids)) and b.op = 'remove' and b.state = 'sent' order by m.run_id desc limit 1)
      from removal_receipts r
      where r.id = x.receipt_id and r.workspace_id = ${workspaceId} and x.outcome is null and not exists (${heldBy(sql`x.audience_id`)})`);
    await closeKept(tx, workspaceId, at);
    await askAgain(tx, workspaceId, now);
    const done = await tx
      .update(removalReceipts)
      .set({ finishedAt: now })
      .where(
        and(
          eq(removalReceipts.workspaceId, workspaceId),
          isNull(removalReceipts.finishedAt),
          sql`not exists (select from removals x where x.receipt_id = ${removalReceipts.id} and x.outcome is null)`,
        ),
      )
      .returning({ kind: removalReceipts.kind, profileId: removalReceipts.profileId });
    for (const { kind, profileId } of done) if (kind === 'erasure') await forgetStays(tx, workspaceId, profileId);
    return done.length;
  });
}

/** Over a receipt `r`: the person, and all they were before they were merged. */
const itself = sql`(select r.profile_id as profile_id union all select g.loser from profile_merges g where g.workspace_id = r.workspace_id and g.winner = r.profile_id)`;

const heldBy = (audienceId: SQL): SQL =>
  sql`select from audience_members m join ${itself} p on p.profile_id = m.profile_id where m.audience_id = ${audienceId} and m.state <> 'out'`;

async function forgetStays(tx: Tx, workspaceId: WorkspaceId, profileId: bigint): Promise<void> {
  const former = formerProfiles(workspaceId, sql`select ${profileId}::bigint as profile_id`);
  await tx.execute(sql`
    delete from audience_stays where workspace_id = ${workspaceId} and (profile_id = ${profileId} or profile_id in (${former}))`);
}

/** A run that had begun before may have put an erased profile in after all. */
async function reopenLate(tx: Tx, workspaceId: WorkspaceId, now: Date): Promise<void> {
  const late = await tx.execute<{ id: string; profileId: string }>(sql`
    insert into removals (receipt_id, audience_id)
    select r.id, a.id from removal_receipts r join audiences a on a.workspace_id = r.workspace_id
    where r.workspace_id = ${workspaceId} and r.kind = 'erasure'
      and (r.finished_at is null or r.finished_at > ${new Date(now.getTime() - lateMs).toISOString()}::timestamptz) and exists (${heldBy(sql`a.id`)})
    on conflict (receipt_id, audience_id) do update set outcome = null, at = null, trace_id = null where removals.outcome is not null
    returning receipt_id as id, (select profile_id::text from removal_receipts where id = receipt_id) as "profileId"`);
  for (const { id, profileId } of late) {
    await tx.update(removalReceipts).set({ finishedAt: null }).where(eq(removalReceipts.id, id));
    await tx.execute(sql`
      insert into withdrawals (workspace_id, profile_id, at) values (${workspaceId}, ${profileId}::bigint, ${now.toISOString()}::timestamptz)
      on conflict do nothing`);
  }
}

/** Whoever has given consent again before the removal went out stays. */
async function closeKept(tx: Tx, workspaceId: WorkspaceId, at: SQL): Promise<void> {
  const [workspace] = await tx
    .select({ consentProperty: workspaces.consentProperty })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  const withdrawn = workspace?.consentProperty
    ? withdrawnProfiles(workspaceId, workspace.consentProperty)
    : sql`select null::bigint as profile_id`;
  await tx.execute(sql`
    update removals x set outcome = 'kept', at = ${at}
    from removal_receipts r
    where r.id = x.receipt_id and r.workspace_id = ${workspaceId} and r.kind = 'withdrawal' and x.outcome is null
      and exists (select from audience_members m join ${itself} p on p.profile_id = m.profile_id where m.audience_id = x.audience_id and m.state = 'in')
      and not exists (select from (${withdrawn}) w where w.profile_id = r.profile_id)`);
}

/** What Facebook refuses for the size of the audience waits in the ledger; a campaign that has ended would never ask again. */
async function askAgain(tx: Tx, workspaceId: WorkspaceId, now: Date): Promise<void> {
  const before = sql`${new Date(now.getTime() - againMs).toISOString()}::timestamptz`;
  await tx.execute(sql`
    insert into withdrawals (workspace_id, profile_id, at)
    select distinct r.workspace_id, r.profile_id, ${now.toISOString()}::timestamptz
    from removal_receipts r join removals x on x.receipt_id = r.id and x.outcome is null
    where r.workspace_id = ${workspaceId} and r.finished_at is null and exists (${heldBy(sql`x.audience_id`)})
      and not exists (
        select from sync_runs s where s.audience_id = x.audience_id and (s.finished_at is null or s.finished_at > ${before}) and s.state not in ('skipped', 'collapsed'))
    on conflict do nothing`);
}
