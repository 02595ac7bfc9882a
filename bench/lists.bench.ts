/**
 * A list segment of 500,000 user ids, and one of as many e-mails, uploaded into a workspace of a million profiles: four in five belong to
 * somebody. Option: --rows N.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { createWorkspace, workspaceById } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import { identifierBit } from '@/lib/identity/identifiers';
import { uploadList } from '@/lib/list-upload';
import { openCluster } from '@/scripts/local-postgres';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '500000' } } });
const rows = Number(values.rows);
const profiles = rows * 2;
const known = Math.round(rows * 0.8);
const say = (text: string) => process.stdout.write(`${text}\n`);
const whole = (value: number) => Math.round(value).toLocaleString('en');

async function insertPeople(db: Database, workspaceId: WorkspaceId): Promise<void> {
  await db.sql`
    insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, identifier_mask, properties)
    select ${workspaceId}, i, '2026-01-01', '2026-01-01', i % 1000, ${identifierBit.email}, '{}' from generate_series(1, ${profiles}::int) i`;
  await db.sql`
    insert into profile_ids (workspace_id, kind, value, profile_id, created_at)
    select ${workspaceId}, 'user', 'customer-' || i, i, '2026-01-01' from generate_series(1, ${profiles}::int) i`;
  await db.sql`
    insert into profile_identifiers (workspace_id, profile_id, email, fingerprint)
    select ${workspaceId}, i, sha256(('customer-' || i || '@example.com')::bytea), i from generate_series(1, ${profiles}::int) i`;
  await db.sql`vacuum analyze profiles, profile_ids, profile_identifiers`;
}

/** Every other profile, in no order that an index would like, then those whom nobody knows. */
function* lines(header: string, suffix: string): Generator<string> {
  yield `${header}\n`;
  for (let i = 0; i < rows; i++) {
    const number = i < known ? (((i * 7_919) % known) + 1) * 2 : profiles + i;
    yield `customer-${number}${suffix}\n`;
  }
}

/** In pieces as a socket delivers them. */
function csv(header: string, suffix: string): Readable {
  const pieces = function* () {
    let piece = '';
    for (const line of lines(header, suffix)) {
      piece += line;
      if (piece.length < 65_536) continue;
      yield Buffer.from(piece);
      piece = '';
    }
    yield Buffer.from(piece);
  };
  return Readable.from(pieces());
}

/** The same values by the same kind of statement into a table without an index. */
async function bare(db: Database): Promise<number> {
  await db.sql`create table bare (value text not null)`;
  const began = performance.now();
  let part: string[] = [];
  for (const line of lines('userId', '')) {
    part.push(line.trimEnd());
    if (part.length < 5_000) continue;
    await db.sql`insert into bare select * from unnest(${part}::text[])`;
    part = [];
  }
  await db.sql`insert into bare select * from unnest(${part}::text[])`;
  return (performance.now() - began) / 1000;
}

async function measure(db: Database): Promise<void> {
  const { workspaceId } = await createWorkspace(db, { name: 'Bench', zone: 'UTC', defaultCountry: 'IN' }, new Date());
  await insertPeople(db, workspaceId);
  const workspace = await workspaceById(db, workspaceId);
  const limit = await bare(db);
  say(`bare: ${limit.toFixed(1)} s`);
  for (const [header, suffix] of [
    ['userId', ''],
    ['email', '@example.com'],
  ] as const) {
    const upload = { workspace, userId: null, key: header.toLowerCase(), choice: {} };
    const began = performance.now();
    const list = await uploadList({ db, clock: () => new Date() }, upload, csv(header, suffix));
    const seconds = (performance.now() - began) / 1000;
    if (list.kept !== rows || list.known !== known) throw new Error(`the list holds ${list.kept}, of whom ${list.known} are known`);
    say(
      `${whole(rows)} ${header}s: ${seconds.toFixed(1)} s, ${(seconds / limit).toFixed(1)} times the bare insert; peak memory ${whole(process.resourceUsage().maxRSS / 1024)} MB`,
    );
  }
  say(`load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`);
}

const dir = await mkdtemp(path.join(tmpdir(), 'beckon-bench-'));
const cluster = await openCluster({ dir });
const db = openDatabase(cluster.url(), 4);
try {
  await migrate(cluster.url());
  await measure(db);
} finally {
  await db.close();
  await cluster.stop();
  await rm(dir, { recursive: true, force: true });
}
