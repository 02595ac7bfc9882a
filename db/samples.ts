import { sql } from 'drizzle-orm';
import type { TransactionSql } from 'postgres';
import { plainArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { isSampled } from '@/lib/identity/bucket';
import type { SampleSize } from '@/lib/segment/estimate';
import type { Database } from './client';
import { runSegmentQuery } from './segment-query';

/** All of the workspace's: the roll-up is keyed by event first, so who asks for a profile's rows names them. */
export const workspaceEventIds = (tx: TransactionSql, workspaceId: WorkspaceId) =>
  tx`array(select event_id from event_names where workspace_id = ${workspaceId})`;

const sampleTables = [
  ['profiles_sample', 'profiles'],
  ['events_sample', 'events'],
  ['profile_events_sample', 'profile_events'],
] as const;

/**
 * Makes the samples say what the full tables say of these profiles: copied anew, or gone. Costs nothing for those outside the samples. For
 * what moves or removes whole profiles; the caller keeps other writers away from them until the end of the transaction.
 */
export async function copySamples(tx: TransactionSql, workspaceId: WorkspaceId, profileIds: readonly string[]): Promise<void> {
  const sampled = [...new Set(profileIds)].filter(isSampled);
  if (sampled.length === 0) return;
  const list = plainArray(sampled);
  for (const [sample, full] of sampleTables) {
    const event = full === 'profile_events' ? tx`and event_id = any(${workspaceEventIds(tx, workspaceId)})` : tx``;
    const theirs = tx`workspace_id = ${workspaceId} and profile_id = any(${list}::text::bigint[]) ${event}`;
    await tx`delete from ${tx(sample)} where ${theirs}`;
    await tx`insert into ${tx(sample)} select * from ${tx(full)} where ${theirs}`;
  }
}

/** By database and workspace: all profiles to a sampled one, as last counted. */
const counted = new WeakMap<Database, Map<WorkspaceId, SampleSize>>();

/**
 * The sample is counted each time, all profiles only when it has grown or shrunk by a hundredth since: whoever comes is in the sample with the
 * same chance, so the proportion hardly moves, and counting a million would take as long as the estimate. How far the number of those who came
 * may be off goes with it: of k in the sample, by √(k (1 − f)) / f, where f is the sample's share.
 */
export async function sampleSize(db: Database, workspaceId: WorkspaceId, signal?: AbortSignal): Promise<SampleSize> {
  const known = counted.get(db) ?? new Map<WorkspaceId, SampleSize>();
  counted.set(db, known);
  const inSample = sql`(select count(*)::int from profiles_sample where workspace_id = ${workspaceId}::int)`;
  const [now] = await runSegmentQuery<{ sampled: number }>(db, sql`select ${inSample} as sampled`, signal);
  const sampled = now?.sampled ?? 0;
  const last = known.get(workspaceId);
  if (last && Math.abs(sampled - last.sampled) * 100 <= last.sampled) {
    const perSampled = last.all / last.sampled;
    const allSpread = perSampled * Math.sqrt(Math.abs(sampled - last.sampled) * (1 - 1 / perSampled));
    return { sampled, all: Math.round(sampled * perSampled), allSpread };
  }
  const everybody = sql`(select count(*)::int from profiles where workspace_id = ${workspaceId}::int)`;
  const [row] = await runSegmentQuery<Omit<SampleSize, 'allSpread'>>(db, sql`select ${everybody} as "all", ${inSample} as sampled`, signal);
  const size = { sampled: 0, all: 0, ...row, allSpread: 0 };
  if (size.sampled > 0) known.set(workspaceId, size);
  return size;
}
