import { type SQL, sql } from 'drizzle-orm';
import { plainArray } from '@/lib/array-literal';
import type { Database } from './client';
import { unansweredMembers } from './ledger';
import { canBeSent, fateOf, isControl, ranked } from './ledger-fate';
import type { Asked } from './ledger-wanted';
import { runSegmentQuery, segmentRows } from './segment-query';

/**
 * A query of (profile_id, outcome): who would join, leave or stay, and who is not sent and why. What a freeze decides, without writing.
 * @param asked audience 0 before the first run: the ledger is empty then.
 */
export function compareWithLedger(asked: Asked): SQL {
  const { workspaceId, segment, audienceId, cap } = asked;
  const refused =
    asked.refused.length === 0 ? sql`select null::bigint as profile_id where false` : sql.join([...asked.refused], sql` union `);
  const judged = sql`
    select s.profile_id, i.fingerprint,
      case when r.profile_id is not null then 'excluded' when not ${canBeSent(asked)} then 'unreachable' when ${isControl(asked, sql`s.profile_id`)} then 'control' end as reason
    from (${segment}) s
    left join (${refused}) r on r.profile_id = s.profile_id
    left join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = s.profile_id`;
  const capped =
    cap === null
      ? judged
      : sql`
        select j.profile_id, j.fingerprint, coalesce(j.reason, case when k.beyond then 'over_cap' end) as reason
        from (${judged}) j left join (${ranked(asked, sql`select profile_id from (${judged}) j where reason is null`)}) k on k.profile_id = j.profile_id`;
  return sql`
    select profile_id, case
      when fate = 'add' then case when known = 'in' then 'stay' else 'join' end
      when fate in ('remove', 'retire') then 'leave'
      when fate is null and known is null then reason
      when fate is null then case when known = 'out' then 'out' else 'stay' end end as outcome
    from (
      select coalesce(l.profile_id, q.profile_id) as profile_id, l.state as known, q.reason, ${fateOrReason(asked)} as fate
      from (${capped}) q
      full join (
        select m.*, case when d.profile_id is not null and m.state = 'in' then 'adding' else m.state end as now
        from audience_members m left join (${unansweredMembers(audienceId)}) d on d.profile_id = m.profile_id
        where m.audience_id = ${audienceId}
      ) m on m.profile_id = q.profile_id
      left join (${refused}) r on r.profile_id = m.profile_id
      cross join lateral (select m.profile_id, m.now as state, m.fingerprint, m.stale_rows, m.since) l
      cross join lateral (select case when q.reason is null then q.profile_id end as profile_id, q.fingerprint) w
    ) f`;
}

/** Nobody's fate is asked who neither is wanted nor known. */
const fateOrReason = (asked: Asked): SQL =>
  sql`case when w.profile_id is not null or l.profile_id is not null then ${fateOf(asked, sql`r.profile_id is not null`)} end`;

export const outcomes = ['join', 'leave', 'stay', 'out', 'excluded', 'control', 'over_cap', 'unreachable'] as const;
export type Outcome = (typeof outcomes)[number];

/** By the first known user id, else the first anonymous one; both null where the profile is no more. */
export type PreviewMember = { userId: string | null; anonymousId: string | null; outcome: Outcome };

export type PreviewPerson = { profileId: string; name: string; anonymous: boolean };

/** As many as a person looks at. */
export const previewed = 50;

/** The first of an outcome, by profile. @param among of these profiles alone; null: of all. */
export async function previewPage(
  db: Database,
  asked: Asked,
  outcome: Outcome,
  among: readonly string[] | null,
  signal: AbortSignal,
): Promise<PreviewPerson[]> {
  const chosen = among === null ? sql`true` : sql`m.profile_id = any(${plainArray(among)}::text::bigint[])`;
  return runSegmentQuery<PreviewPerson>(
    db,
    sql`
      select m.profile_id::text as "profileId", coalesce(i.value, 'deleted') as name, coalesce(i.kind = 'anonymous', false) as anonymous
      from (select profile_id from (${compareWithLedger(asked)}) m where m.outcome = ${outcome}::text and ${chosen} order by profile_id limit ${previewed}::int) m
      left join lateral (
        select kind, value from profile_ids i where i.workspace_id = ${asked.workspaceId}::int and i.profile_id = m.profile_id
        order by kind desc, created_at, value limit 1
      ) i on true
      order by m.profile_id`,
    signal,
  );
}

/** Ordered by profile. */
export async function* previewMembers(db: Database, asked: Asked, wanted: readonly Outcome[]): AsyncGenerator<PreviewMember> {
  const name = (kind: 'user' | 'anonymous') =>
    sql`(select value from profile_ids n where n.workspace_id = ${asked.workspaceId} and n.profile_id = m.profile_id and n.kind = ${kind} order by created_at, value limit 1)`;
  yield* segmentRows<PreviewMember>(
    db,
    sql`select ${name('user')} as "userId", ${name('anonymous')} as "anonymousId", m.outcome
    from (${compareWithLedger(asked)}) m where m.outcome in ${[...wanted]} order by m.profile_id`,
  );
}
