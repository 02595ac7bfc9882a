import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import type { Identifier } from '@/lib/identity/identifiers';
import type { Database } from './client';
import { unansweredMembers } from './ledger';
import { isReachable } from './ledger-row';
import type { CampaignMode } from './schema';
import { segmentRows } from './segment-query';

export type Preview = {
  workspaceId: WorkspaceId;
  /** Selects profile_id, unique. */
  segment: SQL;
  identifiers: readonly Identifier[];
  /** Null before the first run: the ledger is empty then. */
  audienceId: number | null;
  mode: CampaignMode;
};

/** A query of (profile_id, outcome): who would join, leave, stay, or cannot be sent. What freezeMembers() decides, without writing. */
export function compareWithLedger({ workspaceId, segment, identifiers, audienceId, mode }: Preview): SQL {
  const gone = mode === 'mirror' ? sql`'leave'` : sql`case when l.state = 'removing' then 'leave' else 'stay' end`;
  return sql`
    select coalesce(w.profile_id, l.profile_id) as profile_id, case
      when not w.reachable and l.profile_id is null then 'unreachable'
      when w.reachable and (l.profile_id is null or l.state <> 'in') then 'join'
      when w.reachable then 'stay'
      else ${gone} end as outcome
    from (
      select s.profile_id, ${isReachable(identifiers)} as reachable from (${segment}) s
      left join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = s.profile_id
    ) w
    full join (
      select m.profile_id, case when d.profile_id is not null and m.state = 'in' then 'adding' else m.state end as state
      from audience_members m left join (${unansweredMembers(audienceId ?? 0)}) d on d.profile_id = m.profile_id
      where m.audience_id = ${audienceId ?? 0}
    ) l on l.profile_id = w.profile_id`;
}

export const outcomes = ['join', 'leave', 'stay', 'unreachable'] as const;
export type Outcome = (typeof outcomes)[number];

/** By the first known user id, else the first anonymous one; both null where the profile is no more. */
export type PreviewMember = { userId: string | null; anonymousId: string | null; outcome: Outcome };

/** Ordered by profile. */
export async function* previewMembers(db: Database, preview: Preview, wanted: readonly Outcome[]): AsyncGenerator<PreviewMember> {
  const name = (kind: 'user' | 'anonymous') =>
    sql`(select value from profile_ids n where n.workspace_id = ${preview.workspaceId} and n.profile_id = m.profile_id and n.kind = ${kind} order by created_at, value limit 1)`;
  yield* segmentRows<PreviewMember>(
    db,
    sql`select ${name('user')} as "userId", ${name('anonymous')} as "anonymousId", m.outcome
    from (${compareWithLedger(preview)}) m where m.outcome in ${[...wanted]} order by m.profile_id`,
  );
}
