import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import type { Identifier } from '@/lib/identity/identifiers';
import { isReachable } from './ledger';
import type { CampaignMode } from './schema';

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
    full join (select profile_id, state from audience_members where audience_id = ${audienceId ?? 0}) l on l.profile_id = w.profile_id`;
}
