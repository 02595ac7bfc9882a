import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { identifierBit, reachingIdentifiers } from '@/lib/identity/identifiers';
import type { LiveStep, Trigger } from '@/lib/live/trigger';
import { type CompileContext, compile } from '@/lib/segment/compile';
import { type Definition, eventsOf, propertyConditionsOf } from '@/lib/segment/definition';
import type { Question } from '@/lib/segment/question';
import { eventIds } from './catalogue';
import type { Database } from './client';
import { listenAnew } from './live-campaigns';
import { lists, type SegmentKind, segments, users, workspaces } from './schema';
import { runSegmentQuery, segmentRows } from './segment-query';
import { checkReferences, lockSegments, segmentSources } from './segment-references';
import { segmentUsage } from './segment-usage';
import { workspaceById } from './workspaces';

export type Segment = {
  key: string;
  name: string;
  kind: SegmentKind;
  /** Of a list: that one is in it. */
  definition: Definition;
  owner: string | null;
  createdAt: Date;
  updatedAt: Date;
};

const shown = {
  key: segments.key,
  name: segments.name,
  kind: segments.kind,
  definition: sql<Definition>`coalesce(${segments.definition}, jsonb_build_object('segment', ${segments.key}))`,
  owner: users.name,
  createdAt: segments.createdAt,
  updatedAt: segments.updatedAt,
};

/** Newest change first. */
export async function listSegments(db: Database, workspaceId: WorkspaceId): Promise<Segment[]> {
  const query = db.orm.select(shown).from(segments).leftJoin(users, eq(users.id, segments.createdBy));
  return query.where(eq(segments.workspaceId, workspaceId)).orderBy(desc(segments.updatedAt));
}

/** @throws AppError unprocessable for a key that names nothing. */
export async function segmentByKey(db: Database, workspaceId: WorkspaceId, key: string): Promise<Segment> {
  const query = db.orm.select(shown).from(segments).leftJoin(users, eq(users.id, segments.createdBy));
  const [row] = await query.where(and(eq(segments.workspaceId, workspaceId), eq(segments.key, key)));
  if (!row) throw new AppError('unprocessable', `There is no segment “${key}”.`, 'segment');
  return row;
}

/** @throws AppError unprocessable for a key that names nothing. */
export async function askedDefinition(db: Database, workspaceId: WorkspaceId, who: Question): Promise<Definition> {
  return 'definition' in who ? who.definition : (await segmentByKey(db, workspaceId, who.segment)).definition;
}

export const segmentKeySchema = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'A key is made of lower-case letters, digits and single dashes, such as cart-abandoners.')
  .max(80, 'At most 80 characters.');

export type SegmentInput = {
  key: string;
  name: string;
  definition: Definition /** Refused where the key is taken. */;
  mustBeNew?: boolean;
};

/**
 * Makes the segment, or changes it. @throws AppError for a pattern that does not compile, a reference to nothing, a cycle; and for the key of
 * a list. @returns whether it is new.
 */
export async function saveSegment(
  db: Database,
  workspaceId: WorkspaceId,
  input: SegmentInput,
  userId: string | null,
  now: Date,
): Promise<{ created: boolean }> {
  await checkPatterns(db, input.definition);
  const { key, name, definition, mustBeNew = false } = input;
  const saved = await db.orm.transaction(async (tx) => {
    await lockSegments(tx, workspaceId);
    await checkReferences(tx, workspaceId, input);
    const [row] = await tx
      .insert(segments)
      .values({ workspaceId, key, name, definition, createdBy: userId, createdAt: now, updatedAt: now })
      .onConflictDoUpdate({
        target: [segments.workspaceId, segments.key],
        set: { name, definition, updatedAt: now },
        setWhere: sql`${segments.kind} = 'behaviour' and not ${mustBeNew}`,
      })
      .returning({ createdAt: segments.createdAt });
    if (!row && mustBeNew) throw new AppError('conflict', 'There is a segment of this name already. Choose another name.', 'name');
    if (!row) throw new AppError('conflict', `“${key}” is a list. Choose another key, or delete the list first.`, 'key');
    return { created: row.createdAt.getTime() === now.getTime() };
  });
  if (!saved.created) await listenAnew(db, workspaceId);
  return saved;
}

/** A list is named apart from what it holds. @returns false where the key is no list's. */
export async function renameList(db: Database, workspaceId: WorkspaceId, key: string, name: string, now: Date): Promise<boolean> {
  const own = and(eq(segments.workspaceId, workspaceId), eq(segments.key, key), eq(segments.kind, 'list'));
  const renamed = await db.orm.update(segments).set({ name, updatedAt: now }).where(own).returning({ key: segments.key });
  return renamed.length > 0;
}

/** @throws AppError conflict naming the campaigns and segments that use it; not_found. */
export async function deleteSegment(db: Database, workspaceId: WorkspaceId, key: string, now: Date): Promise<void> {
  await db.orm.transaction(async (tx) => {
    await lockSegments(tx, workspaceId);
    await refuseIfExcluding(tx, workspaceId, key);
    const usage = (await segmentUsage(tx, workspaceId)).get(key);
    const used = usage ? [...usage.campaigns, ...usage.segments] : [];
    if (used.length > 0)
      throw new AppError(
        'conflict',
        `${used.map((each) => `“${each.name}”`).join(', ')} ${used.length === 1 ? 'uses' : 'use'} this segment.`,
      );
    const [gone] = await tx
      .delete(segments)
      .where(and(eq(segments.workspaceId, workspaceId), eq(segments.key, key)))
      .returning({ listId: segments.listId });
    if (!gone) throw new AppError('not_found', `There is no segment “${key}”.`);
    if (gone.listId) await tx.update(lists).set({ touchedAt: now }).where(eq(lists.id, gone.listId));
  });
}

/** A segment that nobody looks at any more may keep its members from being sent. */
async function refuseIfExcluding(tx: Pick<Database['orm'], 'select'>, workspaceId: WorkspaceId, key: string): Promise<void> {
  const excluding = sql`${workspaces.id} = ${workspaceId} and ${key} = any(${workspaces.excludeSegments})`;
  const [found] = await tx.select({ id: workspaces.id }).from(workspaces).where(excluding);
  if (found) throw new AppError('conflict', 'Its members are excluded from every campaign: change that in Settings first.');
}

/** The instant a segment stands for, and the caller's clock; the clock alone where they are the same. */
export type When = Date | Pick<CompileContext, 'at' | 'now'>;

/** A query for the profile ids of the definition at that instant. Reads the catalogue; the query itself is run by the caller. */
export async function segmentSql(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  when: When,
  asked: Pick<CompileContext, 'among' | 'sample'> = {},
): Promise<SQL> {
  return compile(definition, { ...(await compileContext(db, workspaceId, definition, when)), ...asked });
}

/** All that the catalogue has to say of the definition and of the segments it refers to. */
export async function compileContext(db: Database, workspaceId: WorkspaceId, definition: Definition, when: When): Promise<CompileContext> {
  await checkPatterns(db, definition);
  const { zone } = await workspaceById(db, workspaceId);
  const segments = await segmentSources(db, workspaceId, definition);
  const all = [definition, ...[...segments.values()].flatMap((source) => ('definition' in source ? source.definition : []))];
  const events = await eventIds(db, workspaceId, [...new Set(all.flatMap(eventsOf))]);
  return { workspaceId, zone, ...momentOf(when), events, segments };
}

const momentOf = (when: When) => (when instanceof Date ? { at: when, now: when } : when);

type Asked = { definition?: Definition; trigger?: Trigger; exit?: readonly LiveStep[] };

/** Of all that a campaign asks: what starts and ends a stay is compiled when it happens, and too late to tell anybody. @throws AppError as below. */
export async function checkCampaignPatterns(db: Database, { definition, trigger, exit = [] }: Asked): Promise<void> {
  if (definition) await checkPatterns(db, definition);
  if (trigger && 'sequence' in trigger) await checkPatterns(db, trigger, 'trigger');
  const steps = trigger && 'on' in trigger ? trigger.on : [];
  for (const [i, step] of steps.entries()) await checkPatterns(db, step, `trigger.on[${i}]`);
  for (const [i, step] of exit.entries()) await checkPatterns(db, step, `exit[${i}]`);
}

/** Only Postgres can tell. @param at the path of the tree itself. @throws AppError invalid with the path of a pattern that does not compile. */
export async function checkPatterns(db: Database, definition: Definition, at = ''): Promise<void> {
  for (const { condition, path } of propertyConditionsOf(definition, at)) {
    if (condition.op !== 'matches') continue;
    await runSegmentQuery(db, sql`select '' ~ ${condition.value}::text`).catch((error: unknown) => {
      if (error instanceof AppError)
        throw new AppError('invalid', 'This pattern does not compile (POSIX regular expression).', path ? `${path}.value` : 'value');
      throw error;
    });
  }
}

export type MemberId = { userId: string } | { anonymousId: string };

/** The name a profile goes by: its first known user id, else its first anonymous one. */
const nameOf = (kind: 'user' | 'anonymous') =>
  sql`(select value from profile_ids n where n.workspace_id = ${sql.raw('m.workspace_id')} and n.profile_id = m.profile_id and n.kind = ${kind} order by created_at, value limit 1)`;

/** Ordered by profile. @throws AppError where a pattern does not compile. */
export async function* memberIds(db: Database, workspaceId: WorkspaceId, definition: Definition, when: When): AsyncGenerator<MemberId> {
  const segment = await segmentSql(db, workspaceId, definition, when);
  const rows = segmentRows<{ userId: string | null; anonymousId: string | null }>(
    db,
    sql`select ${nameOf('user')} as "userId", ${nameOf('anonymous')} as "anonymousId"
      from (select ${workspaceId}::int as workspace_id, s.profile_id from (${segment}) s) m order by m.profile_id`,
  );
  for await (const { userId, anonymousId } of rows) {
    if (userId !== null) yield { userId };
    else if (anonymousId !== null) yield { anonymousId };
  }
}

export type SampleMember = {
  profileId: string;
  name: string;
  country: string | null;
  lastSeen: Date;
  has: (typeof reachingIdentifiers)[number][];
};

const sampleSize = 20;

/** Twenty of them, those seen last first. */
export async function sampleMembers(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  when: When,
  signal?: AbortSignal,
): Promise<SampleMember[]> {
  const segment = await segmentSql(db, workspaceId, definition, when);
  const rows = await runSegmentQuery<{ profileId: string; name: string | null; country: string | null; lastSeen: Date; mask: number }>(
    db,
    sql`
      select m.profile_id::text as "profileId", coalesce(${nameOf('user')}, ${nameOf('anonymous')}) as name, m.country, m.last_seen as "lastSeen", m.identifier_mask as mask
      from (
        select i.* from (${segment}) s join profiles i on i.workspace_id = ${workspaceId} and i.profile_id = s.profile_id
        order by i.last_seen desc, i.profile_id limit ${sampleSize}
      ) m order by m.last_seen desc, m.profile_id`,
    signal,
  );
  return rows.map(({ mask, name, ...row }) => ({
    ...row,
    name: name ?? row.profileId,
    has: reachingIdentifiers.filter((each) => (mask & identifierBit[each]) !== 0),
  }));
}
