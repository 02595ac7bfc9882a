import type { Database } from '@/db/client';
import type { WorkspaceId } from '@/lib/auth';
import { at } from './reach-data';
import type { Read } from './reach-segments';

/** Reads what a segment cannot leave unread, and nothing else: bare counts, one after another, from indexes alone where an index holds it. */
export async function bareReads({ sql }: Database, workspaceId: WorkspaceId, reads: readonly Read[]): Promise<void> {
  const idOf = (name: string) => sql`(select event_id from event_names where workspace_id = ${workspaceId} and name = ${name})`;
  for (const read of reads) {
    if (read === 'keys') await sql`select count(identifier_mask) from profiles where workspace_id = ${workspaceId}`;
    else if ('rollUp' in read)
      await sql`select count(last_time) from profile_events where workspace_id = ${workspaceId} and event_id = ${idOf(read.rollUp)}`;
    else if ('events' in read) {
      const from = new Date(at.getTime() - read.days * 86_400_000);
      await sql`select count(profile_id) from events where event_id = ${idOf(read.events)} and time >= ${from} and time <= ${at}`;
    } else
      await sql`select count(properties) from profiles where workspace_id = ${workspaceId} and country = any(${read.countries}::text[])`;
  }
}
