import { and, eq, inArray, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import type { SegmentSource } from '@/lib/segment/compile';
import { type Definition, segmentsOf } from '@/lib/segment/definition';
import { cycleThrough, dependentsOf, referencesOf, refuseTooLarge } from '@/lib/segment/references';
import type { Database } from './client';
import { segments } from './schema';

type Reader = Pick<Database['orm'], 'select'>;

export const sourceOf = (row: { definition: Definition | null; listId: string | null }): SegmentSource | null =>
  row.definition ? { definition: row.definition } : row.listId ? { list: { id: row.listId } } : null;

const behaviours = (sources: ReadonlyMap<string, SegmentSource>) =>
  new Map([...sources].flatMap(([key, source]) => ('definition' in source ? [[key, source.definition] as const] : [])));

/**
 * All segments the definition refers to, directly or through others, by key. @throws AppError unprocessable, with the path of the reference,
 * for a key that names nothing, and for more than can be computed.
 */
export async function segmentSources(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
): Promise<ReadonlyMap<string, SegmentSource>> {
  const sources = new Map<string, SegmentSource>();
  for (let wanted = segmentsOf(definition); wanted.length > 0; ) {
    const rows = await db.orm
      .select({ key: segments.key, definition: segments.definition, listId: segments.listId })
      .from(segments)
      .where(and(eq(segments.workspaceId, workspaceId), inArray(segments.key, wanted)));
    const found = rows.flatMap((row) => {
      const source = sourceOf(row);
      if (source) sources.set(row.key, source);
      return row.definition ? segmentsOf(row.definition) : [];
    });
    wanted = [...new Set(found)].filter((key) => !sources.has(key));
  }
  refuseUnknown(definition, (key) => sources.has(key));
  refuseTooLarge(definition, behaviours(sources));
  return sources;
}

function refuseUnknown(definition: Definition, isKnown: (key: string) => boolean): void {
  for (const { key, path } of referencesOf(definition))
    if (!isKnown(key)) throw new AppError('unprocessable', `There is no segment “${key}”.`, path);
}

const SEGMENTS_LOCK = 20_102;

/** Until the transaction ends no other changes what the workspace's segments refer to: two saves at once cannot close a cycle. */
export async function lockSegments(tx: Pick<Database['orm'], 'execute'>, workspaceId: WorkspaceId): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${SEGMENTS_LOCK}, ${workspaceId})`);
}

/** Of those that are there, by key. */
export async function segmentNames(db: Database, workspaceId: WorkspaceId, keys: readonly string[]): Promise<Map<string, string>> {
  const query = db.orm.select({ key: segments.key, name: segments.name }).from(segments);
  const rows = await query.where(and(eq(segments.workspaceId, workspaceId), inArray(segments.key, [...keys])));
  return new Map(rows.map(({ key, name }) => [key, name]));
}

type Named = { name: string; definition: Definition | null };

/** By key; a list has no definition. */
export async function namedSegments(tx: Reader, workspaceId: WorkspaceId): Promise<Map<string, Named>> {
  const rows = await tx
    .select({ key: segments.key, name: segments.name, definition: segments.definition })
    .from(segments)
    .where(eq(segments.workspaceId, workspaceId));
  return new Map(rows.map((row) => [row.key, row]));
}

export const definitionsOf = (named: ReadonlyMap<string, Named>) =>
  new Map([...named].flatMap(([key, { definition }]) => (definition ? [[key, definition] as const] : [])));

/**
 * Whether the segment may be saved like this. The caller holds the lock. @throws AppError unprocessable for a reference to nothing and for
 * more than can be computed, conflict for a cycle, which the message names.
 */
export async function checkReferences(tx: Reader, workspaceId: WorkspaceId, saved: { key: string; name: string; definition: Definition }) {
  const named = (await namedSegments(tx, workspaceId)).set(saved.key, saved);
  refuseUnknown(saved.definition, (key) => named.has(key));
  const definitions = definitionsOf(named);
  const cycle = cycleThrough(saved.key, definitions);
  if (cycle) {
    const way = cycle.map((key) => `“${named.get(key)?.name ?? key}”`).join(' → ');
    const first = [...referencesOf(saved.definition)].find(({ key }) => key === cycle[1]);
    throw new AppError('conflict', `A segment cannot refer to itself: ${way}.`, first?.path);
  }
  refuseTooLarge(saved.definition, definitions);
  for (const key of dependentsOf(saved.key, definitions)) {
    const dependent = named.get(key);
    if (dependent?.definition) refuseTooLarge(dependent.definition, definitions, dependent.name);
  }
}
