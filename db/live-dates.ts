import { type SQL, sql } from 'drizzle-orm';
import { digest } from '@/lib/identity/hash';
import { birthdaysAt, dateCondition, scanInstants } from '@/lib/live/date-trigger';
import { birthday, type DateTrigger } from '@/lib/live/trigger';
import type { Database } from './client';
import { bigints, instant, type LiveCampaign, rowsOfStep, stepScope, touch } from './live-campaigns';
import { segmentSql } from './segments';
import { workspaceById } from './workspaces';

type DateCampaign = LiveCampaign & { trigger: DateTrigger };

export const isDated = (campaign: LiveCampaign): campaign is DateCampaign => 'date' in campaign.trigger;

/** Looks at the dates of all profiles where that is due, once a day: who has come to the day is admitted. */
export async function scanDates(db: Database, campaign: DateCampaign, now: Date): Promise<void> {
  const scanned = sql`select scanned_until as until from live_scans where audience_id = ${campaign.audienceId}`;
  const [before] = await db.orm.execute<{ until: string }>(scanned);
  const from = before ? new Date(before.until) : new Date(campaign.from.getTime() - 1);
  const due = scanInstants(campaign, from, now);
  const last = due.at(-1);
  if (!last) return;
  const admissions = await Promise.all(due.map((at) => admissionOf(db, campaign, at, null, now)));
  await db.orm.transaction(async (tx) => {
    await tx.execute(
      sql`insert into live_scans (audience_id, scanned_until) values (${campaign.audienceId}::int, ${instant(from)}) on conflict do nothing`,
    );
    // Another process may have been quicker.
    const [mine] = await tx.execute<{ until: string }>(sql`${scanned} for update`);
    if (!mine || new Date(mine.until).getTime() !== from.getTime()) return;
    for (const each of admissions) await tx.execute(each);
    await tx.execute(sql`update live_scans set scanned_until = ${instant(last)} where audience_id = ${campaign.audienceId}`);
  });
}

const dayMs = 86_400_000;

/** Statements that admit those of whom something was told since today's scan: their day may be today after all. */
export async function datedAdmissions(
  db: Database,
  campaigns: readonly LiveCampaign[],
  profileIds: readonly string[],
  now: Date,
): Promise<SQL[]> {
  const asked = campaigns.filter(isDated).map((campaign) => admissionOfTold(db, campaign, profileIds, now));
  return (await Promise.all(asked)).filter((each) => each !== null);
}

async function admissionOfTold(db: Database, campaign: DateCampaign, profileIds: readonly string[], now: Date): Promise<SQL | null> {
  const scannedAt = scanInstants(campaign, new Date(now.getTime() - dayMs), now).at(-1);
  if (!scannedAt) return null;
  return admissionOf(db, campaign, scannedAt, profileIds, now);
}

/** Of those whose day it was at the instant, and who have not left since. @param among of these alone; null: of all. */
async function admissionOf(db: Database, campaign: DateCampaign, at: Date, among: readonly string[] | null, now: Date): Promise<SQL> {
  const found = await whoseDay(db, campaign, at, among);
  const scope = await stepScope(db, campaign.workspaceId, campaign.exit, now);
  const exits = campaign.exit.flatMap((step) => rowsOfStep(step, { from: at, to: null }, among ? { ...scope, among } : scope) ?? []);
  const stayed = exits.map(({ from }) => sql` and not exists (select ${from} and e.profile_id = f.profile_id)`);
  return admission(campaign, at, sql`select f.profile_id from (${found}) f where true${sql.join(stayed)}`, now);
}

/** Selects profile_id. @param among of these alone; null: of all. */
async function whoseDay(db: Database, campaign: DateCampaign, scannedAt: Date, among: readonly string[] | null): Promise<SQL> {
  if (campaign.trigger.date === birthday) return whoseBirthday(campaign, scannedAt, among);
  const { zone } = await workspaceById(db, campaign.workspaceId);
  const { definition, at } = dateCondition(campaign.trigger, scannedAt, campaign.schedule.zone, zone);
  return segmentSql(db, campaign.workspaceId, definition, at, among ? { among } : {});
}

function whoseBirthday({ workspaceId, trigger, schedule }: DateCampaign, scannedAt: Date, among: readonly string[] | null): SQL {
  const bytes = (identifier: 'birthMonth' | 'birthDay', text: string) => sql`decode(${digest(identifier, text)}::text, 'hex')`;
  const born = birthdaysAt(trigger, scannedAt, schedule.zone).map(
    ({ month, day }) => sql`(i.birth_month = ${bytes('birthMonth', month)} and i.birth_day = ${bytes('birthDay', day)})`,
  );
  const asked = among ? sql` and i.profile_id = any(${bigints(among)})` : sql``;
  return sql`select i.profile_id from profile_identifiers i where i.workspace_id = ${workspaceId} and (${sql.join(born, sql` or `)})${asked}`;
}

/** @param profiles selects profile_id. */
function admission({ workspaceId, audienceId, stayMs }: LiveCampaign, since: Date, profiles: SQL, now: Date): SQL {
  const until = new Date(since.getTime() + stayMs);
  return sql`
    with admitted as (
      insert into live_stays as s (workspace_id, audience_id, profile_id, since, until)
      select ${workspaceId}::int, ${audienceId}::int, f.profile_id, ${instant(since)}, ${instant(until)} from (${profiles}) f
      where ${instant(until)} > ${instant(now)}
      on conflict (audience_id, profile_id) do update set since = greatest(s.since, excluded.since), until = greatest(s.until, excluded.until)
      returning s.profile_id
    )
    ${touch(sql`select ${workspaceId}::int as workspace_id, ${audienceId}::int as audience_id, profile_id from admitted`)}`;
}
