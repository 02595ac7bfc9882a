import { Readable } from 'node:stream';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database } from '@/db/client';
import { storeRecords } from '@/db/events';
import { saveSegment, segmentSql } from '@/db/segments';
import { workspaceById } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import { parseBody, translate } from '@/lib/intake/segment-spec';
import { uploadList } from '@/lib/list-upload';
import { type Definition, parseDefinition } from '@/lib/segment/definition';
import { testWorkspace } from './database';
import { type OracleProfile, qualifies } from './segment-oracle';
import { type Person, peopleOf, type SegmentCall } from './segment-people';

export type UploadedList = { column: 'userId' | 'email'; values: string[]; after: number };

/** A workspace's people, as sent: enough to store them and to tell who they are. */
export type History = {
  zone: string;
  /** When the last of it arrived. */
  now: string;
  /** Each is stored by itself. */
  batches: SegmentCall[][];
  /** Uploaded once so many batches are stored. */
  lists?: Record<string, UploadedList>;
  /** Saved before they are referred to, in this order. */
  segments?: Record<string, unknown>;
};

/** A history as Postgres has it and as the oracle has it, by profile id. */
export type Population = {
  db: Database;
  workspaceId: WorkspaceId;
  zone: string;
  now: Date;
  people: ReadonlyMap<string, { person: Person; profile: OracleProfile }>;
  segments: ReadonlyMap<string, Definition>;
  /** Where `people` are only those that Postgres is asked about. */
  asked?: Parameters<typeof segmentSql>[4];
};

/** @throws where intake refuses a call, or has made other profiles of the calls than there are people. */
export async function store(db: Database, history: History, beforeBatch?: () => Promise<void>): Promise<Population> {
  const workspaceId = await testWorkspace(db, { zone: history.zone, defaultCountry: null });
  const workspace = await workspaceById(db, workspaceId);
  const now = new Date(history.now);
  const lists = Object.entries(history.lists ?? {});
  const upload = async (batches: number) => {
    for (const [key, { column, values, after }] of lists) {
      const csv = Readable.from([[column, ...values].join('\n')]);
      if (after === batches) await uploadList({ db, clock: () => now }, { workspace, key, choice: {}, userId: null }, csv);
    }
  };
  await upload(0);
  for (const [i, batch] of history.batches.entries()) {
    const { records, rejected } = translate('batch', parseBody(JSON.stringify({ batch })), 0, { defaultCountry: null, receivedAt: now });
    if (rejected.length > 0) throw new Error(`refused: ${JSON.stringify(rejected)}`);
    await beforeBatch?.();
    await storeRecords(db, workspace, records, now);
    await upload(i + 1);
  }
  const segments = new Map<string, Definition>();
  for (const [key, json] of Object.entries(history.segments ?? {})) {
    const definition = parseDefinition(json);
    await saveSegment(db, workspaceId, { key, name: key, definition }, null, now);
    segments.set(key, definition);
  }
  const people = await namedPeople(db, workspaceId, peopleOf(history.batches.flat()), lists);
  return { db, workspaceId, zone: history.zone, now, people, segments };
}

async function namedPeople(
  db: Database,
  workspaceId: WorkspaceId,
  people: Person[],
  lists: readonly [string, UploadedList][],
): Promise<Population['people']> {
  const rows = await db.sql<{ id: string; profileId: string; bucket: number }[]>`
    select i.kind || ':' || i.value as id, i.profile_id::text as "profileId", p.bucket
    from profile_ids i join profiles p using (workspace_id, profile_id) where i.workspace_id = ${workspaceId}`;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const named = new Map<string, { person: Person; profile: OracleProfile }>();
  for (const person of people) {
    const found = new Set([...person.ids].map((id) => byId.get(id)?.profileId));
    const [profileId] = found;
    if (found.size !== 1 || profileId === undefined || named.has(profileId)) {
      throw new Error(`one person, but not one profile: ${[...person.ids]}`);
    }
    const bucket = byId.get([...person.ids][0] as string)?.bucket as number;
    named.set(profileId, {
      person,
      profile: { ...person.profile, bucket, lists: lists.filter(([, list]) => names(list, person)).map(([key]) => key) },
    });
  }
  if (new Set(rows.map((row) => row.profileId)).size !== named.size) throw new Error('there are profiles of nobody');
  return named;
}

const names = ({ column, values }: UploadedList, { ids, email }: Person): boolean =>
  column === 'userId' ? values.some((value) => ids.has(`user:${value}`)) : email !== undefined && values.includes(email);

const dialect = new PgDialect();

/** Profile ids that Postgres selects, sorted. */
export async function selectedIds({ db, workspaceId, now, asked }: Population, definition: Definition, at: Date): Promise<string[]> {
  const when = { at, now: at > now ? at : now };
  const { sql, params } = dialect.sqlToQuery(await segmentSql(db, workspaceId, definition, when, asked));
  const [row] = await db.sql.unsafe<{ ids: string[] }[]>(
    `select array(select profile_id::text from (${sql}) s) as ids`,
    params as string[],
  );
  return (row?.ids ?? []).sort();
}

/** Profile ids the oracle selects, sorted. */
export function qualifyingIds({ people, zone, segments }: Population, definition: Definition, at: Date): string[] {
  const moment = { at, zone, segments };
  return [...people]
    .filter(([, { profile }]) => qualifies(definition, profile, moment))
    .map(([profileId]) => profileId)
    .sort();
}

/** One id of each, without its kind, sorted. */
export const namesOf = ({ people }: Population, profileIds: readonly string[]): string[] =>
  profileIds.map((profileId) => [...(people.get(profileId)?.person.ids ?? [])][0]?.replace(/^[a-z]+:/, '') ?? profileId).sort();
