import { type SQL, sql } from 'drizzle-orm';
import { identifiersOf } from '@/lib/facebook/row';
import { isReachable } from './ledger-row';
import type { CampaignMode } from './schema';

/** What a comparison decides by, and a rehearsal in the same way. */
export type Rules = {
  audienceId: number;
  mode: CampaignMode;
  /** Of the audience. */
  schema: readonly string[];
  /** Members since this instant or before have had their stay; null: no limit. */
  stayedSince: Date | null;
  /** Of those who qualify, at most so many. */
  cap: number | null;
  controlPercent: number | null;
  /** lib/campaign/draw.ts. */
  seed: bigint;
};

/**
 * add: send, also again. remove: take out and forget. retire: take out, and remember while they qualify. forget: there is nothing to take
 * out. Null: nothing to do.
 */
export type Fate = 'add' | 'remove' | 'retire' | 'forget';

/**
 * The fate of one profile, over `l` (its ledger row, with the state `adding` for whoever is in doubt) and `w` (not null where it is
 * wanted: it qualifies, may be sent and can be); either may be missing, not both.
 *
 * | wanted | ledger | fate |
 * | yes | nothing | add |
 * | yes | in, same identifiers | – ; retire when the stay is over |
 * | yes | in, others, or an old row not taken out yet | add (the old row first taken out) |
 * | yes | in doubt, removing | add ; who is in doubt retire when the stay is over |
 * | yes | out | – while stays are limited: has had its stay; else add |
 * | no | out | forget |
 * | no | anything else | remove |
 *
 * In an add-only audience those who are in stay, unless they may not be sent any more; an addition in doubt is made again, an old row
 * taken out. A remove-only campaign takes out whoever qualifies, once as long as they do.
 * @param refused whether the profile may not be sent.
 */
export function fateOf({ mode, stayedSince }: Rules, refused: SQL): SQL {
  const over = stayedSince === null ? sql`false` : sql`l.since <= ${stayedSince.toISOString()}::timestamptz`;
  if (mode === 'remove')
    return sql`case
      when w.profile_id is null then case when l.state in ('out', 'retiring') then 'forget' end
      when l.state = 'out' and l.fingerprint = w.fingerprint then null
      else 'retire' end`;
  const unwanted =
    mode === 'mirror'
      ? sql`'remove'`
      : sql`case when l.state in ('removing', 'retiring') or ${refused} or (l.state in ('in', 'adding') and ${over}) then 'remove' when l.state = 'adding' or l.stale_rows is not null then 'add' end`;
  return sql`case
    when w.profile_id is null then case when l.state = 'out' then 'forget' else ${unwanted} end
    when l.profile_id is null then 'add'
    when l.state = 'out' then ${stayedSince === null ? sql`'add'` : sql`null`}
    when l.state in ('in', 'adding', 'retiring') and ${over} then 'retire'
    when l.state <> 'in' or l.fingerprint <> w.fingerprint or l.stale_rows is not null then 'add' end`;
}

const draw = (profileId: SQL, seed: bigint) => sql`hashint8extended(${profileId}, ${seed.toString()}::bigint)`;

/** Whether the profile is drawn for the control group; never where there is none. */
export const isControl = ({ controlPercent, seed }: Rules, profileId: SQL): SQL =>
  controlPercent === null
    ? sql`false`
    : // The sign bit is cleared: abs() has no answer for the smallest number.
      sql`((${draw(profileId, seed)} & 9223372036854775807) % 1000 < ${Math.round(controlPercent * 10)}::int)`;

/** Over `m`, a row of the ledger: has had their stay, or has it today. They take no place of the cap. */
const stayIsOver = (stayedSince: Date): SQL =>
  sql`(m.state = 'out' or m.state in ('in', 'adding', 'retiring') and m.since <= ${stayedSince.toISOString()}::timestamptz)`;

/**
 * Selects profile_id and `beyond`, whether it is beyond the cap, of those who may fill it. Who is in an add-only audience keeps the place, and
 * takes one also when no longer qualifying.
 * @param qualifying selects profile_id.
 */
export function ranked({ audienceId, mode, cap, seed, stayedSince }: Rules, qualifying: SQL): SQL {
  const gone = stayedSince === null ? sql`false` : stayIsOver(stayedSince);
  const candidates =
    stayedSince === null
      ? qualifying
      : sql`select q.profile_id from (${qualifying}) q
        where not exists (select from audience_members m where m.audience_id = ${audienceId} and m.profile_id = q.profile_id and ${gone})`;
  if (mode !== 'add')
    return sql`select c.profile_id, row_number() over (order by ${draw(sql`c.profile_id`, BigInt.asIntN(64, seed + 1n))}) > ${cap}::int as beyond from (${candidates}) c`;
  const held = sql`select m.profile_id from audience_members m where m.audience_id = ${audienceId} and m.state in ('in', 'adding') and not ${gone}`;
  return sql`
    select profile_id, place > ${cap}::int - (select count(*) from (${held}) h where not exists (select from (${candidates}) c where c.profile_id = h.profile_id)) as beyond
    from (
      select c.profile_id, row_number() over (order by (h.profile_id is null), ${draw(sql`c.profile_id`, BigInt.asIntN(64, seed + 1n))}) as place
      from (${candidates}) c left join (${held}) h on h.profile_id = c.profile_id
    ) placed`;
}

/** Has an identifier that is sent; over an alias `i` of profile_identifiers. */
export const canBeSent = ({ schema }: Rules): SQL => isReachable(identifiersOf(schema));
