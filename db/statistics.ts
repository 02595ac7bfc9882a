import type { Database } from './client';

/**
 * After very many rows have come at once: until the autovacuum comes by, the planner would take the tables for as small as they were, and may
 * choose plans that take a minute in place of a second.
 */
export async function refreshStatistics(db: Database): Promise<void> {
  await db.sql`analyze profiles, profile_ids, profile_identifiers, events, profile_events, list_members`;
}
