import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { audiences, syncBatches, syncRuns } from '@/db/schema';
import type { Story } from '@/tests/support/story';

/** Whether Facebook, the ledger and the ad set agree with who is meant to be in an audience. */

type Subject = { id: string; name: string; adSetId: string };

/** @param wanted rows, as `rowsOf` writes them. @returns in words what is not as it should be, and how many members the ledger has. */
export async function disagreements(story: Story, campaign: Subject, wanted: string[]): Promise<{ wrongs: string[]; members: number }> {
  const { db, sandbox } = story;
  const made = (await sandbox.control.audiences()).filter((one) => one.name === campaign.name && !one.deleted);
  const held: string[] = [];
  if (made[0]) for await (const row of sandbox.control.members(made[0].id)) held.push(`${row.EMAIL ?? ''} ${row.PHONE ?? ''}`);
  const ledger = await ledgerOf(story, campaign.id);
  const runs = db.orm.select({ id: syncRuns.id }).from(syncRuns).where(eq(syncRuns.campaignId, campaign.id));
  const pending = await db.orm
    .select({ seq: syncBatches.seq })
    .from(syncBatches)
    .where(and(inArray(syncBatches.runId, runs), inArray(syncBatches.state, ['pending', 'deferred'])));
  const shown = (await sandbox.control.adSet(campaign.adSetId)).targeting.custom_audiences ?? [];
  const wrongs = worded([
    [made.length !== 1, `${made.length} audiences were made`],
    [!same(held, wanted), `the audience holds ${difference(held, wanted)}`],
    [!same(ledger.rows, wanted), `the ledger holds ${difference(ledger.rows, wanted)}`],
    [ledger.unsure > 0, `${ledger.unsure} rows of the ledger are in doubt`],
    [pending.length > 0, `${pending.length} requests have no answer`],
    [shown.filter((one) => one.id === made[0]?.id).length !== 1, 'the ad set does not show it once'],
  ]);
  return { wrongs, members: ledger.count };
}

/** @param profiles selects profile_id. @returns their e-mails and phones, each different pair once. */
export async function rowsOf({ db, workspaceId }: Story, profiles: SQL): Promise<string[]> {
  const rows = await db.orm.execute<{ row: string }>(sql`
    select distinct coalesce(encode(i.email, 'hex'), '') || ' ' || coalesce(encode(i.phone, 'hex'), '') as row
    from (${profiles}) m join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = m.profile_id`);
  return rows.map(({ row }) => row);
}

async function ledgerOf({ db }: Story, campaignId: string): Promise<{ rows: string[]; count: number; unsure: number }> {
  const [audience] = await db.orm.select().from(audiences).where(eq(audiences.campaignId, campaignId));
  const rows = await db.orm.execute<{ row: string; state: string; stale: boolean }>(sql`
    select coalesce(encode(cells[1], 'hex'), '') || ' ' || coalesce(encode(cells[2], 'hex'), '') as row, state, stale_rows is not null as stale
    from audience_members where audience_id = ${audience?.id ?? 0}`);
  const unsure = rows.filter((one) => one.state !== 'in' || one.stale).length;
  return { rows: [...new Set(rows.map((one) => one.row))], count: rows.length, unsure };
}

export const worded = (found: readonly [boolean, string][]): string[] => found.flatMap(([isWrong, words]) => (isWrong ? [words] : []));

export const same = (some: string[], others: string[]) => JSON.stringify(some.toSorted()) === JSON.stringify(others.toSorted());

const difference = (has: string[], wants: string[]) =>
  `${has.filter((one) => !wants.includes(one)).length} too many and ${wants.filter((one) => !has.includes(one)).length} too few of ${wants.length}`;
