import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import type { MemberValue } from '@/lib/campaign/member-value';
import { eventRows, eventValue, numberOf } from '@/lib/segment/event-sql';
import { jsonValue } from '@/lib/segment/property-sql';
import { boundsOf } from '@/lib/segment/window';
import { eventIds } from './catalogue';
import type { Database } from './client';
import { workspaceById } from './workspaces';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * Selects profile_id and `value`, a number as text, of those who have one. Facebook takes none below 0; cents are as exact as a campaign needs.
 */
export async function memberValues(db: Database, workspaceId: WorkspaceId, value: MemberValue, at: Date): Promise<SQL> {
  const text = (number: SQL) => sql`trim_scale(round(greatest(0, ${number})::numeric, 2))::text`;
  if ('property' in value) {
    const number = numberOf({ json: jsonValue(sql`p.properties`, value.property) });
    return sql`select p.profile_id, ${text(number)} as value from profiles p where p.workspace_id = ${workspaceId} and ${number} is not null`;
  }
  const [{ zone }, events] = await Promise.all([workspaceById(db, workspaceId), eventIds(db, workspaceId, [value.did])]);
  const tables = { profiles: sql`profiles`, events: sql`events`, profileEvents: sql`profile_events` };
  const scope = { workspaceId, zone, at, now: at, events, segments: new Map(), tables };
  const rows = eventRows(value.did, {}, boundsOf({ last: { days: value.days } }, zone, at), scope);
  if (!rows) return sql`select null::bigint as profile_id, null::text as value where false`;
  const number = value.sum === undefined ? sql`count(*)` : sql`coalesce(sum(${numberOf(eventValue(rows.events, value.sum))}), 0)`;
  return sql`select e.profile_id, ${text(number)} as value ${rows.from} group by e.profile_id`;
}

/** Fills, for the rest of the transaction, the table that {@link withValue} reads. @param among selects profile_id: whose values are needed. */
export async function fillValues(tx: Tx, values: SQL, among: SQL): Promise<void> {
  await tx.execute(sql`create temp table if not exists member_values (profile_id bigint primary key, value text not null) on commit drop`);
  await tx.execute(sql`
    insert into member_values select v.profile_id, v.value from (${values}) v join (${among}) a on a.profile_id = v.profile_id on conflict do nothing`);
  await tx.execute(sql`analyze member_values`);
}

export type Valued = {
  /** After a table of identifiers, as `i`. */
  join: SQL;
  /** Changes with the identifiers, and with the value. */
  fingerprint: SQL;
  /** A cell more; the value as text. */
  cells: (cells: SQL) => SQL;
};

const plain: Valued = { join: sql``, fingerprint: sql`i.fingerprint`, cells: (cells) => cells };

const valueText = sql.raw(`coalesce(mv.value, '0')`);

const valued: Valued = {
  join: sql` left join member_values mv on mv.profile_id = i.profile_id`,
  fingerprint: sql`(i.fingerprint # hashtextextended(${valueText}, 0))`,
  cells: (cells) => sql`array_append(${cells}, convert_to(${valueText}, 'UTF8'))`,
};

/** How identifiers are read where members have a value, and where they have none: then nothing is different. */
export const withValue = (values: SQL | null): Valued => (values === null ? plain : valued);
