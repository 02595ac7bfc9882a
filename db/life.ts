import { type SQL, sql } from 'drizzle-orm';
import { type CompileContext, compile } from '@/lib/segment/compile';
import type { Definition } from '@/lib/segment/definition';
import { type EventFilter, type EventRows, eventRows, type TimeBounds } from '@/lib/segment/event-sql';
import { instantParam } from '@/lib/segment/property-sql';
import type { SegmentQueries } from './segment-query';

/** One profile's own rows up to an instant, asked with the very queries that find the members of a segment among all. */
export type Life = {
  context: CompileContext;
  /** Runs the query over the profile's rows alone. */
  rows: SegmentQueries;
  /** Its events of these names that pass; null where none of the names was ever seen. */
  events(names: string | readonly string[], filter: EventFilter, bounds?: TimeBounds): EventRows | null;
  /**
   * Each answered as if nothing happened after `context.at`, whatever the instant it is asked for.
   * @param since of earlier events the answers do not depend: they need not be read.
   */
  answers(asked: readonly { definition: Definition; at: Date }[], since?: Date | null): Promise<boolean[]>;
};

export function lifeOf(query: SegmentQueries, profileId: string, context: CompileContext): Life {
  const own = ownRows(profileId, context, null);
  const scope = { ...context, tables: { profiles: sql`profiles`, events: sql`events`, profileEvents: sql`profile_events` } };
  const rows: SegmentQueries = (asked) => query(sql`${own} ${asked}`);
  return {
    context,
    rows,
    events: (names, filter, bounds = { from: null, to: context.at, toIncluded: true }) => eventRows(names, filter, bounds, scope),
    answers: async (asked, since = null) => {
      const answers: boolean[] = [];
      const needed = ownRows(profileId, context, since);
      for (let i = 0; i < asked.length; i += chunk) {
        const tests = asked.slice(i, i + chunk).map(({ definition, at }) => {
          const segment = compile(definition, { ...context, at, among: [profileId] });
          return sql`exists (select from (${segment}) s)`;
        });
        const [row] = await query<{ answers: boolean[] }>(sql`${needed} select json_build_array(${sql.join(tests, sql`, `)}) as answers`);
        answers.push(...(row?.answers ?? []));
      }
      return answers;
    },
  };
}

const chunk = 40;

/**
 * Each stands before the table of its name, so that a query written for all profiles sees the one, and its events up to the instant. A row of
 * the roll-up that has nothing later is taken as it is: its sum was added up in an order of its own.
 */
function ownRows(profileId: string, { workspaceId, at, events }: CompileContext, since: Date | null): SQL {
  const eventIds = `{${[...events.values()].map((event) => event.eventId).join(',')}}`;
  const until = instantParam(at);
  return sql`with
    profiles as materialized (select * from profiles where workspace_id = ${workspaceId} and profile_id = ${profileId}::bigint),
    events as materialized (
      select e.* from events e join profiles p on p.profile_id = e.profile_id
      where e.profile_id = ${profileId}::bigint and e.event_id = any(${eventIds}::int[]) and e.time <= ${until}${since ? sql` and e.time >= ${instantParam(since)}` : sql``}
    ),
    whole as materialized (
      select r.* from profile_events r
      where r.workspace_id = ${workspaceId} and r.event_id = any(${eventIds}::int[]) and r.profile_id = ${profileId}::bigint and r.last_time <= ${until}
    ),
    profile_events as materialized (
      select workspace_id, profile_id, event_id, count, first_time, last_time, sum from whole
      union all
      select workspace_id, profile_id, event_id, count(*)::int, min(time), max(time), coalesce(sum(amount), 0)
      from events e where not exists (select from whole w where w.event_id = e.event_id) group by workspace_id, profile_id, event_id
    )`;
}
