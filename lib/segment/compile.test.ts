import { PgDialect } from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkspaceId } from '@/lib/auth';
import { definitions } from '@/tests/support/definition-arbitraries';
import { moments } from '@/tests/support/segment-moments';
import { type CompileContext, compile } from './compile';
import { type Definition, eventsOf, parseDefinition } from './definition';

const dialect = new PgDialect();
const at = new Date('2026-03-16T04:30:00Z');

const context: CompileContext = {
  workspaceId: 7 as WorkspaceId,
  zone: 'Asia/Kolkata',
  at,
  now: at,
  events: new Map([
    ['Purchased', { eventId: 1, amountProperty: 'amount', labelProperty: 'category' }],
    ['Viewed', { eventId: 2, amountProperty: null, labelProperty: 'category' }],
  ]),
  segments: new Map([
    ['buyers', { definition: parseDefinition({ did: 'Purchased', within: { last: { days: 7 } } }) }],
    ['vips', { list: { id: '00000000-0000-0000-0000-00000000000a' } }],
  ]),
};

/** The query on lines of its own, then its values. */
function compiled(json: unknown, more: Partial<CompileContext> = {}): string {
  const { sql, params } = dialect.sqlToQuery(compile(parseDefinition(json), { ...context, ...more }));
  const lines = sql
    .replace(/\s+/g, ' ')
    .replace(/ (from (?=\()|where |join |left join |union all |group by |having |and not exists )/g, '\n$1');
  return `\n${lines}\n${params.map((value) => JSON.stringify(value)).join(' ')}\n`;
}

const week = { last: { days: 7 } };

describe('each condition', () => {
  it('did', () => {
    expect(compiled({ did: 'Purchased', within: week })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id) d
      1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z"
      "
    `);
    expect(compiled({ did: ['Viewed', 'Purchased', 'Never seen'], within: { last: { hours: 2 } } })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = any($1::int[]) and e.time > $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id) d
      "{1,2}" "2026-03-16T02:30:00.000Z" "2026-03-16T04:30:00.000Z"
      "
    `);
    expect(compiled({ did: 'Purchased' })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select r.profile_id from profile_events r
      where r.workspace_id = $1 and r.event_id = $2 and r.first_time <= $3::timestamptz) d
      7 1 "2026-03-16T04:30:00.000Z"
      "
    `);
  });

  it('did, counted', () => {
    expect(compiled({ did: 'Purchased', within: week, count: { between: [2, 3] } })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id
      having (count(*) between $4::bigint and $5::bigint)) d
      1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 2 3
      "
    `);
    expect(compiled({ did: 'Purchased', within: week, count: { lt: 3 }, includeZero: true })).toMatchInlineSnapshot(`
      "
      select p.profile_id from profiles p
      where p.workspace_id = $1
      and not exists (select 1
      from (select e.profile_id from events e
      where e.event_id = $2 and e.time >= $3::timestamptz and e.time <= $4::timestamptz
      group by e.profile_id
      having (not (count(*) < $5::bigint))) n
      where n.profile_id = p.profile_id)
      7 1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 3
      "
    `);
    expect(compiled({ did: 'Purchased', count: { gte: 3 } })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select r.profile_id from profile_events r
      where r.workspace_id = $1 and r.event_id = $2 and ((r.last_time <= $3::timestamptz and (r.count >= $4::bigint)) or (r.last_time > $5::timestamptz and r.profile_id = any(array(select e.profile_id from events e
      join (select l.profile_id from events l
      where l.event_id = $6 and l.time > $7::timestamptz
      group by l.profile_id) late on late.profile_id = e.profile_id
      where e.event_id = $8 and e.time <= $9::timestamptz
      group by e.profile_id
      having (count(*) >= $10::bigint)))))) d
      7 1 "2026-03-16T04:30:00.000Z" 3 "2026-03-16T04:30:00.000Z" 1 "2026-03-16T04:30:00.000Z" 1 "2026-03-16T04:30:00.000Z" 3
      "
    `);
  });

  it('did, with an aggregate', () => {
    expect(compiled({ did: 'Purchased', within: week, aggregate: { fn: 'sum', property: 'amount', gte: 500 } })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id
      having (coalesce(sum(e.amount), 0) >= $4::numeric and (round((coalesce(sum(e.amount), 0))::numeric, 6) >= $5::numeric))) d
      1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 499.9999989995 500
      "
    `);
    expect(
      compiled({ did: ['Viewed', 'Purchased'], within: week, aggregate: { fn: 'avg', property: 'amount', lt: 9.5 } }),
    ).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = any($1::int[]) and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id
      having (coalesce(sum((case when jsonb_typeof((e.properties -> $4::text)) = 'number' then ((e.properties -> $5::text))::numeric end)), 0) / count(*) <= $6::numeric and (round((coalesce(sum((case when jsonb_typeof((e.properties -> $7::text)) = 'number' then ((e.properties -> $8::text))::numeric end)), 0) / count(*))::numeric, 6) < $9::numeric))) d
      "{1,2}" "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" "amount" "amount" 9.5000010000095 "amount" "amount" 9.5
      "
    `);
    expect(compiled({ did: 'Viewed', within: week, aggregate: { fn: 'max', property: 'price', ne: 3 } })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id
      having (max((case when jsonb_typeof((e.properties -> $4::text)) = 'number' then ((e.properties -> $5::text))::numeric end)) <> $6::numeric)) d
      2 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" "price" "price" 3
      "
    `);
    expect(
      compiled({ did: 'Viewed', within: week, aggregate: { fn: 'distinct', property: 'item.id', lte: 2 }, includeZero: true }),
    ).toMatchInlineSnapshot(`
      "
      select p.profile_id from profiles p
      where p.workspace_id = $1
      and not exists (select 1
      from (select e.profile_id from events e
      where e.event_id = $2 and e.time >= $3::timestamptz and e.time <= $4::timestamptz
      group by e.profile_id
      having (not (count(distinct nullif((case when e.properties ? $5::text then e.properties -> $6::text else ((e.properties -> $7::text) -> $8::text) end), 'null'::jsonb)) <= $9::numeric))) n
      where n.profile_id = p.profile_id)
      7 2 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" "item.id" "item.id" "item" "id" 2
      "
    `);
    expect(compiled({ did: 'Purchased', aggregate: { fn: 'avg', property: 'amount', gte: 400 } })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select r.profile_id from profile_events r
      where r.workspace_id = $1 and r.event_id = $2 and ((r.last_time <= $3::timestamptz and (r.sum / r.count >= $4::numeric and (round((r.sum / r.count)::numeric, 6) >= $5::numeric))) or (r.last_time > $6::timestamptz and r.profile_id = any(array(select e.profile_id from events e
      join (select l.profile_id from events l
      where l.event_id = $7 and l.time > $8::timestamptz
      group by l.profile_id) late on late.profile_id = e.profile_id
      where e.event_id = $9 and e.time <= $10::timestamptz
      group by e.profile_id
      having (coalesce(sum(e.amount), 0) / count(*) >= $11::numeric and (round((coalesce(sum(e.amount), 0) / count(*))::numeric, 6) >= $12::numeric))))))) d
      7 1 "2026-03-16T04:30:00.000Z" 399.9999989996 400 "2026-03-16T04:30:00.000Z" 1 "2026-03-16T04:30:00.000Z" 1 "2026-03-16T04:30:00.000Z" 399.9999989996 400
      "
    `);
  });

  it('did, with filters, hours and weekdays', () => {
    const where = [
      { property: 'amount', op: 'gt', value: 100 },
      { property: 'category', op: 'is', value: 'shoes' },
      { property: 'size', op: 'is', value: 'xl', ignoreCase: true },
    ];
    expect(compiled({ did: 'Purchased', where, hours: [22, 6], weekdays: ['sun', 'sat'], within: week })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz and (e.amount is not null and e.amount > $4) and (e.label is not null and e.label = $5::text) and (case when jsonb_typeof((e.properties -> $6::text)) = 'string' then lower(((e.properties -> $7::text) #>> '{}') collate "und-x-icu") = lower($8::text collate "und-x-icu") else false end) and (extract(hour from e.time at time zone $9) >= $10 or extract(hour from e.time at time zone $11) < $12) and extract(isodow from e.time at time zone $13)::int = any($14::int[])
      group by e.profile_id) d
      1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 100 "shoes" "size" "size" "xl" "Asia/Kolkata" 22 "Asia/Kolkata" 6 "Asia/Kolkata" "{6,7}"
      "
    `);
  });

  it('did not', () => {
    expect(compiled({ didNot: 'Purchased', within: week })).toMatchInlineSnapshot(`
      "
      select p.profile_id from profiles p
      where p.workspace_id = $1
      and not exists (select 1
      from (select e.profile_id from events e
      where e.event_id = $2 and e.time >= $3::timestamptz and e.time <= $4::timestamptz) n
      where n.profile_id = p.profile_id)
      7 1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z"
      "
    `);
    expect(compiled({ didNot: 'Never seen' })).toMatchInlineSnapshot(`
      "
      select p.profile_id from profiles p
      where p.workspace_id = $1
      7
      "
    `);
  });

  it('first and last', () => {
    expect(compiled({ did: 'Purchased', occurrence: 'first', within: week })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select r.profile_id from profile_events r
      where r.workspace_id = $1 and r.event_id = $2 and r.first_time >= $3::timestamptz and r.first_time <= $4::timestamptz) d
      7 1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z"
      "
    `);
    expect(
      compiled({ did: 'Purchased', occurrence: 'last', within: { ago: { from: { days: 60 }, to: { days: 30 } } } }),
    ).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select r.profile_id from profile_events r
      where r.workspace_id = $1 and r.event_id = $2 and ((r.last_time >= $3::timestamptz and r.last_time < $4::timestamptz) or (r.last_time > $5::timestamptz and r.profile_id = any(array(select e.profile_id from events e
      join (select l.profile_id from events l
      where l.event_id = $6 and l.time > $7::timestamptz
      group by l.profile_id) late on late.profile_id = e.profile_id
      where e.event_id = $8 and e.time >= $9::timestamptz and e.time <= $10::timestamptz
      group by e.profile_id
      having max(e.time) >= $11::timestamptz and max(e.time) < $12::timestamptz))))) d
      7 1 "2026-01-14T18:30:00.000Z" "2026-02-14T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 1 "2026-03-16T04:30:00.000Z" 1 "2026-01-14T18:30:00.000Z" "2026-03-16T04:30:00.000Z" "2026-01-14T18:30:00.000Z" "2026-02-14T18:30:00.000Z"
      "
    `);
    expect(compiled({ did: ['Viewed', 'Purchased'], occurrence: 'last', within: 'yesterday' })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = any($1::int[]) and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id
      having max(e.time) < $4::timestamptz) d
      "{1,2}" "2026-03-14T18:30:00.000Z" "2026-03-16T04:30:00.000Z" "2026-03-15T18:30:00.000Z"
      "
    `);
  });

  it('sequences', () => {
    expect(compiled({ sequence: [{ did: 'Viewed' }, { did: 'Purchased' }], gap: { hours: 2 }, within: week })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select profile_id
      from (select s.profile_id
      from ( select ab.profile_id, ab.time, ab.is_b, min(ab.time) filter (where ab.is_b) over (partition by ab.profile_id order by ab.time desc, ab.is_b rows unbounded preceding) as next
      from (select e.profile_id, e.time, false as is_b from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      union all select e.profile_id, e.time, true as is_b from events e
      where e.event_id = $4 and e.time > $5::timestamptz and e.time <= $6::timestamptz) ab) s
      where not s.is_b and (s.next is not null and s.next <= s.time + make_interval(secs => $7::float8))) r
      group by profile_id) d
      2 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 7200
      "
    `);
    expect(compiled({ sequence: [{ did: 'Viewed' }, { didNot: 'Purchased' }], gap: { days: 1 }, within: week })).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select profile_id
      from (select s.profile_id
      from ( select ab.profile_id, ab.time, ab.is_b, min(ab.time) filter (where ab.is_b) over (partition by ab.profile_id order by ab.time desc, ab.is_b rows unbounded preceding) as next
      from (select e.profile_id, e.time, false as is_b from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      union all select e.profile_id, e.time, true as is_b from events e
      where e.event_id = $4 and e.time > $5::timestamptz and e.time <= $6::timestamptz) ab) s
      where not s.is_b and not (s.next is not null and s.next <= s.time + make_interval(secs => $7::float8))) r
      group by profile_id) d
      2 "2026-03-08T18:30:00.000Z" "2026-03-15T04:30:00.000Z" 1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 86400
      "
    `);
  });

  it('profile properties, identifiers, buckets', () => {
    expect(
      compiled({
        all: [
          { property: '$country', op: 'isOneOf', value: ['IN', 'LK'] },
          { property: 'plan', op: 'isNot', value: 'pro' },
          { property: 'address.city', op: 'startsWith', value: 'B' },
          { property: '$lastSeen', op: 'inLast', value: { days: 30 } },
          { has: 'reachable' },
          { bucket: [0, 499] },
        ],
      }),
    ).toMatchInlineSnapshot(`
      "
      select p.profile_id from profiles p
      where p.workspace_id = $1 and (p.country is not null and p.country = any($2::text[])) and (not (p.properties @> $3::text::jsonb)) and (case when jsonb_typeof((case when p.properties ? $4::text then p.properties -> $5::text else ((p.properties -> $6::text) -> $7::text) end)) = 'string' then starts_with(((case when p.properties ? $8::text then p.properties -> $9::text else ((p.properties -> $10::text) -> $11::text) end) #>> '{}'), $12::text) else false end) and coalesce((select d >= $13::timestamptz and d <= $14::timestamptz
      from (select p.last_seen as d) as dated), false) and ((p.identifier_mask & $15) <> 0) and (p.bucket between $16 and $17)
      7 "{\\"IN\\",\\"LK\\"}" "{\\"plan\\":\\"pro\\"}" "address.city" "address.city" "address" "city" "address.city" "address.city" "address" "city" "B" "2026-02-13T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 7 0 499
      "
    `);
  });

  it('segments and lists', () => {
    expect(compiled({ segment: 'buyers' })).toBe(compiled({ did: 'Purchased', within: week }));
    expect(compiled({ segment: 'vips' })).toMatchInlineSnapshot(`
      "
      select p.profile_id from profiles p
      join (select l.profile_id from list_members l
      where l.workspace_id = $1 and l.list_id = $2::uuid) m1 on m1.profile_id = p.profile_id
      where p.workspace_id = $3
      7 "00000000-0000-0000-0000-00000000000a" 7
      "
    `);
  });
});

describe('the tree', () => {
  it('joins what must hold, the fewest first, and excludes what must not', () => {
    expect(
      compiled({
        all: [
          { did: 'Viewed', within: week },
          { didNot: 'Purchased', within: week },
          { did: 'Viewed', within: week, count: { gte: 3 } },
          { has: 'email' },
        ],
      }),
    ).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select e.profile_id from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id
      having (count(*) >= $4::bigint)) d
      join (select e.profile_id from events e
      where e.event_id = $5 and e.time >= $6::timestamptz and e.time <= $7::timestamptz
      group by e.profile_id) m1 on m1.profile_id = d.profile_id
      join profiles p on p.profile_id = d.profile_id
      where p.workspace_id = $8 and ((p.identifier_mask & $9) <> 0)
      and not exists (select 1
      from (select e.profile_id from events e
      where e.event_id = $10 and e.time >= $11::timestamptz and e.time <= $12::timestamptz) n
      where n.profile_id = d.profile_id)
      2 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 3 2 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 7 1 1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z"
      "
    `);
  });

  it('asks under an "or" for what was joined once', () => {
    const viewed = { did: 'Viewed', within: week };
    const bought = { did: 'Purchased', within: week };
    expect(compiled({ any: [{ all: [viewed, { not: bought }] }, { all: [bought, { not: viewed }] }] })).toMatchInlineSnapshot(`
      "
      select p.profile_id from profiles p
      left join (select e.profile_id from events e
      where e.event_id = $1 and e.time >= $2::timestamptz and e.time <= $3::timestamptz
      group by e.profile_id) o1 on o1.profile_id = p.profile_id
      left join (select e.profile_id from events e
      where e.event_id = $4 and e.time >= $5::timestamptz and e.time <= $6::timestamptz
      group by e.profile_id) o2 on o2.profile_id = p.profile_id
      where p.workspace_id = $7 and (((o1.profile_id is not null) and (o2.profile_id is null)) or ((o2.profile_id is not null) and (o1.profile_id is null)))
      2 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 7
      "
    `);
  });

  it('needs nothing twice and nothing that is decided', () => {
    const bought = { did: 'Purchased', within: week };
    expect(compiled({ all: [bought, { segment: 'buyers' }, { any: [bought, { has: 'email' }] }] })).toBe(compiled(bought));
    expect(compiled({ any: [{ did: 'Never seen' }, bought] })).toBe(compiled(bought));
    expect(compiled({ not: { not: { all: [bought] } } })).toBe(compiled(bought));
  });
});

describe('the same query', () => {
  it('for a few profiles asks every table for these alone', () => {
    expect(
      compiled({ all: [{ did: 'Purchased', within: week }, { has: 'email' }] }, { among: ['5', '9007199254740993'] }),
    ).toMatchInlineSnapshot(`
      "
      select d.profile_id
      from (select r.profile_id from profile_events r
      where r.workspace_id = $1 and r.event_id = $2 and r.profile_id = any($3::bigint[]) and ((r.last_time >= $4::timestamptz and r.last_time <= $5::timestamptz) or (r.last_time > $6::timestamptz and r.profile_id = any(array(select e.profile_id from events e
      join (select l.profile_id from events l
      where l.event_id = $7 and l.profile_id = any($8::bigint[]) and l.time > $9::timestamptz
      group by l.profile_id) late on late.profile_id = e.profile_id
      where e.event_id = $10 and e.time >= $11::timestamptz and e.time <= $12::timestamptz
      group by e.profile_id
      having max(e.time) >= $13::timestamptz and max(e.time) <= $14::timestamptz))))) d
      join profiles p on p.profile_id = d.profile_id
      where p.workspace_id = $15 and p.profile_id = any($16::bigint[]) and ((p.identifier_mask & $17) <> 0)
      7 1 "{5,9007199254740993}" "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" "2026-03-16T04:30:00.000Z" 1 "{5,9007199254740993}" "2026-03-16T04:30:00.000Z" 1 "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" "2026-03-08T18:30:00.000Z" "2026-03-16T04:30:00.000Z" 7 "{5,9007199254740993}" 1
      "
    `);
  });

  it('of the sample reads the sample’s tables alone', () => {
    const text = compiled({ all: [{ did: 'Purchased' }, { didNot: 'Viewed', within: week }, { has: 'email' }] }, { sample: true });
    expect(text).not.toMatch(/\b(events|profile_events|profiles)\b/);
  });
});

/** What is slow or cannot be distributed by profile: docs/decisions/0004. */
const forbidden =
  /\bnot in\b|\bin \(select|\bintersect\b|\bexcept\b|\bunion (?!all)|\bwith\b|\bmaterialized\b|\blimit\b|\bnow\(\)|\bcurrent_|\brandom\(/i;
/** The only texts that are written into a query. */
const constants = ["'string'", "'number'", "'array'", "'null'", "'{}'", "'MM-DD'"];

describe('over random definitions', () => {
  const moment = moments[0] as (typeof moments)[number];
  const queries = fc.sample(definitions(moment, ['buyers', 'vips']), { numRuns: 500, seed: 20_260_316 }).map((json) => {
    const definition: Definition = parseDefinition(JSON.parse(JSON.stringify(json)));
    const names = eventsOf(definition).filter((name) => name !== 'Never');
    const events = new Map(names.map((name, i) => [name, { eventId: i + 1, amountProperty: 'amount', labelProperty: 'plan' }]));
    return dialect.sqlToQuery(compile(definition, { ...context, zone: moment.zone, at: new Date(moment.at), events }));
  });

  it('never writes what is slow or cannot be distributed', () => {
    for (const { sql } of queries) expect(sql).not.toMatch(forbidden);
  });

  it('binds every value', () => {
    for (const { sql, params } of queries) {
      const bare = constants.reduce((text, constant) => text.replaceAll(constant, ''), sql);
      expect(bare).not.toContain("'");
      expect(Math.max(0, ...[...sql.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])))).toBe(params.length);
    }
  });

  it('joins everything by profile', () => {
    for (const { sql } of queries) {
      const joins = sql.match(/\bjoin\b/g) ?? [];
      const byProfile = sql.match(/\bon \w+\.profile_id = \w+\.profile_id/g) ?? [];
      expect(byProfile.length).toBe(joins.length);
      const anti = sql.match(/not exists \(select 1 from/g) ?? [];
      expect((sql.match(/\bn\.profile_id = [dp]\.profile_id\)/g) ?? []).length).toBe(anti.length);
    }
  });
});
