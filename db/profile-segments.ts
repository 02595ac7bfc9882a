import { asc, eq } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { eventsOf } from '@/lib/segment/definition';
import { eventIds } from './catalogue';
import type { Database } from './client';
import { lifeOf } from './life';
import { segments } from './schema';
import { runSegmentQueries } from './segment-query';
import { sourceOf } from './segment-references';
import { workspaceById } from './workspaces';

export type ProfileSegment = { key: string; name: string; isIn: boolean };

/** Every saved segment, by name, and whether the profile is in it. */
export async function segmentsOfProfile(db: Database, workspaceId: WorkspaceId, profileId: string, now: Date): Promise<ProfileSegment[]> {
  const { key, name, definition, listId } = segments;
  const query = db.orm.select({ key, name, definition, listId }).from(segments);
  const saved = await query.where(eq(segments.workspaceId, workspaceId)).orderBy(asc(name), asc(key));
  const { zone } = await workspaceById(db, workspaceId);
  const events = await eventIds(db, workspaceId, [...new Set(saved.flatMap((each) => (each.definition ? eventsOf(each.definition) : [])))]);
  const sources = new Map(
    saved.flatMap((each) => {
      const source = sourceOf(each);
      return source ? [[each.key, source] as const] : [];
    }),
  );
  const context = { workspaceId, zone, at: now, now, events, segments: sources };
  const asked = saved.map((each) => ({ definition: { segment: each.key }, at: now }));
  const answers = await runSegmentQueries(db, (rows) => lifeOf(rows, profileId, context).answers(asked));
  return saved.map((each, i) => ({ key: each.key, name: each.name, isIn: answers[i] === true }));
}
