import { and, eq, gte } from 'drizzle-orm';
import { byteaArray, plainArray, textArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import type { ListIdentifier } from '@/lib/intake/list-csv';
import type { Database } from './client';
import { addListMembers } from './list-members';
import { lockIdentities } from './profile-ids';
import { streamedRows } from './row-stream';
import { lists, segments } from './schema';
import { lockSegments } from './segment-references';

/** An upload under way: written in parts, each committed, and seen by nobody until it is whole. */
export type OpenList = { id: string; workspaceId: WorkspaceId; identifier: ListIdentifier };

/**
 * How long a list that no segment points at is left alone before it is swept: a run that has read which list it is about asks for its members
 * a moment later. An upload that stands still for as long is given up.
 */
export const leftAloneMs = 60 * 60_000;

const isAlive = (id: string, now: Date) => and(eq(lists.id, id), gte(lists.touchedAt, new Date(now.getTime() - leftAloneMs)));

const givenUp = () => new AppError('conflict', 'This upload stood still for too long and was given up. Start it again.');

export type ListReject = { line: number; reason: string };

export type ListTarget = {
  key: string /** Of a new segment; default as it is, or its key. */;
  name?: string /** Refused where the key is taken. */;
  mustBeNew?: boolean;
};

/** @throws AppError conflict where the key is a behaviour segment's, or taken by a list that is not meant. */
export async function refuseTakenKey(
  db: Pick<Database['orm'], 'select'>,
  workspaceId: WorkspaceId,
  { key, mustBeNew }: ListTarget,
): Promise<void> {
  const [row] = await db
    .select({ kind: segments.kind })
    .from(segments)
    .where(and(eq(segments.workspaceId, workspaceId), eq(segments.key, key)));
  if (row && mustBeNew) throw new AppError('conflict', 'There is a segment of this name already. Choose another name.', 'name');
  if (row?.kind === 'behaviour')
    throw new AppError('conflict', `“${key}” is a segment by behaviour. Choose another key, or delete it first.`, 'key');
}

/** Committed before its first part, so that intake knows there is a list before a value of it can be missed. */
export async function openList(db: Database, list: OpenList, userId: string | null, now: Date): Promise<void> {
  await db.orm.insert(lists).values({ ...list, createdBy: userId, startedAt: now, touchedAt: now });
}

export type ListPart = { rows: number /** Hex; none twice. */; values: readonly string[]; rejects: readonly ListReject[] };

/** @returns how many of the part's values are new to the list, and how many of those somebody has. */
export async function writeListPart(db: Database, list: OpenList, part: ListPart, now: Date): Promise<{ kept: number; known: number }> {
  const { workspaceId, identifier, id } = list;
  return db.sql.begin(async (tx) => {
    const added = await tx<{ value: string }[]>`
      insert into list_values (workspace_id, identifier, value, list_id)
      select ${workspaceId}, ${identifier}, value, ${id} from unnest(${byteaArray(part.values.toSorted())}::text::bytea[]) as t(value)
      on conflict do nothing returning encode(value, 'hex') as value`;
    await tx`
      insert into list_rejects (workspace_id, list_id, line, reason)
      select ${workspaceId}, ${id}, line, reason
      from unnest(${plainArray(part.rejects.map((each) => each.line))}::text::int[], ${textArray(part.rejects.map((each) => each.reason))}::text::text[]) as t(line, reason)
      on conflict do nothing`;
    // Last: while it is held, the workspace's intake waits.
    await lockIdentities(tx, workspaceId, true);
    const fresh = added.map((row) => row.value);
    const known = fresh.length === 0 ? 0 : await addListMembers(tx, workspaceId, list, fresh);
    const { count } = await tx`
      update lists set rows = rows + ${part.rows}, kept = kept + ${fresh.length}, rejected = rejected + ${part.rejects.length}, touched_at = ${now.toISOString()}::text::timestamptz
      where id = ${id} and touched_at >= ${new Date(now.getTime() - leftAloneMs).toISOString()}::text::timestamptz`;
    if (count === 0) throw givenUp();
    return { kept: fresh.length, known };
  });
}

/** The whole list takes the place of the one before, or becomes a new segment. @throws AppError conflict; nothing is changed then. */
export async function closeList(
  db: Database,
  list: OpenList,
  segment: ListTarget,
  userId: string | null,
  now: Date,
): Promise<{ created: boolean }> {
  const { workspaceId, id: listId } = list;
  return db.orm.transaction(async (tx) => {
    await lockSegments(tx, workspaceId);
    await refuseTakenKey(tx, workspaceId, segment);
    const own = and(eq(segments.workspaceId, workspaceId), eq(segments.key, segment.key));
    const [before] = await tx.select({ listId: segments.listId }).from(segments).where(own);
    const [closed] = await tx
      .update(lists)
      .set({ finishedAt: now, touchedAt: now })
      .where(isAlive(listId, now))
      .returning({ id: lists.id });
    if (!closed) throw givenUp();
    if (!before) {
      const name = segment.name ?? segment.key;
      const facts = { key: segment.key, name, kind: 'list' as const, listId, createdBy: userId, createdAt: now, updatedAt: now };
      await tx.insert(segments).values({ workspaceId, ...facts });
      return { created: true };
    }
    await tx
      .update(segments)
      .set({ listId, updatedAt: now, ...(segment.name === undefined ? {} : { name: segment.name }) })
      .where(own);
    // From now on nobody asks for it; who has asked already is given time (db/list-sweep.ts).
    if (before.listId) await tx.update(lists).set({ touchedAt: now }).where(eq(lists.id, before.listId));
    return { created: false };
  });
}

export type ListFacts = {
  identifier: ListIdentifier;
  rows: number;
  /** Different values. */
  kept: number;
  duplicates: number;
  rejected: number;
  /** Profiles that have one of the values today. */
  profiles: number;
  uploadedAt: Date;
};

/** Of the segment's list as it stands. @throws AppError not_found where the key is no list's. */
export async function listFacts(db: Database, workspaceId: WorkspaceId, key: string): Promise<ListFacts> {
  const [row] = await db.sql<(Omit<ListFacts, 'duplicates'> & { id: string })[]>`
    select l.id, l.identifier, l.rows, l.kept, l.rejected, l.finished_at as "uploadedAt",
      (select count(*)::int from list_members m where m.workspace_id = l.workspace_id and m.list_id = l.id) as profiles
    from segments s join lists l on l.id = s.list_id where s.workspace_id = ${workspaceId} and s.key = ${key}`;
  if (!row) throw new AppError('not_found', `There is no list “${key}”.`);
  const { id: _, ...facts } = row;
  return { ...facts, duplicates: row.rows - row.kept - row.rejected };
}

/** In the file's order, a few thousand at a time. */
export const listRejects = (db: Database, workspaceId: WorkspaceId, key: string): AsyncGenerator<ListReject> =>
  streamedRows(db, {
    sql: `select r.line, r.reason from segments s join list_rejects r on r.list_id = s.list_id
      where s.workspace_id = $1::int and s.key = $2::text order by r.line`,
    params: [workspaceId, key],
  });

/** Rows read so far of an upload under way; null where there is none. */
export async function uploadedRows(db: Database, workspaceId: WorkspaceId, listId: string): Promise<number | null> {
  const [row] = await db.orm
    .select({ rows: lists.rows })
    .from(lists)
    .where(and(eq(lists.id, listId), eq(lists.workspaceId, workspaceId)));
  return row?.rows ?? null;
}
