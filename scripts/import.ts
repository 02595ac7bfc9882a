/**
 * `npm run import -- users|events FILE.csv [--workspace ID] [--zone ZONE] [--rejects FILE]`. Works beside a running app. docs/intake.md has the
 * columns. Ends with 0 when every row was stored (or was there already), 2 when some were rejected, 1 when the file could not be imported.
 */
import { createReadStream } from 'node:fs';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse';
import { type Database, openDatabase } from '@/db/client';
import { storeRecords } from '@/db/events';
import { migrate } from '@/db/migrate';
import { type Workspace, workspaceById } from '@/db/workspaces';
import { allWorkspaceIds } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { type CsvKind, CsvReader, csvColumns, wallTimes } from '@/lib/intake/csv';
import type { IntakeRecord } from '@/lib/intake/record';
import { loadDotEnv, openLocalDatabase } from './local-settings';

const usage = 'Usage: npm run import -- users|events FILE.csv [--workspace ID] [--zone Asia/Kolkata] [--rejects FILE]';
/** Rows of one transaction: where set-based statements no longer gain. */
const rowsOfWrite = 5_000;
/** Bytes: a row beyond is a quote that was never closed. */
const longestRow = 1_000_000;

type Job = { kind: CsvKind; file: string; workspaceId?: number; zone?: string; rejectsFile: string };
type Reject = { line: number; reason: string; row: readonly string[] };

function jobOf(): Job {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { workspace: { type: 'string' }, zone: { type: 'string' }, rejects: { type: 'string' } },
  });
  const [kind, file, ...more] = positionals;
  if ((kind !== 'users' && kind !== 'events') || !file || more.length > 0) throw new Error(usage);
  const workspaceId = values.workspace === undefined ? undefined : Number(values.workspace);
  return { kind, file, workspaceId, zone: values.zone, rejectsFile: values.rejects ?? `${file.replace(/\.csv$/i, '')}.rejects.csv` };
}

async function main(job: Job): Promise<number> {
  loadDotEnv();
  const { size } = await stat(job.file).catch(() => {
    throw new Error(`There is no file ${job.file}.`);
  });
  const { url, cluster } = await openLocalDatabase();
  const db = openDatabase(url, 2);
  try {
    await migrate(url);
    return await importFile(db, await chosenWorkspace(db, job.workspaceId), job, size);
  } finally {
    await db.close();
    if (cluster?.started) await cluster.stop();
  }
}

async function chosenWorkspace(db: Database, wanted: number | undefined): Promise<Workspace> {
  const ids = await allWorkspaceIds(db);
  const [only, ...others] = ids;
  const id = wanted === undefined ? only : ids.find((each) => each === wanted);
  if (wanted !== undefined && !id) throw new Error(`There is no workspace ${wanted}.`);
  if (!id) throw new Error('There is no workspace yet: npm run admin -- workspace create --name … --zone …');
  if (wanted === undefined && others.length > 0) {
    const all = await Promise.all(ids.map((each) => workspaceById(db, each)));
    throw new Error(`There are several workspaces; choose with --workspace:\n${all.map((w) => `  ${w.id}  ${w.name}`).join('\n')}`);
  }
  return workspaceById(db, id);
}

/** The separator the header line uses most. */
async function separatorOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const line = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/)[0] ?? '';
    const counts = [',', ';', '\t'].map((separator) => ({ separator, count: line.split(separator).length }));
    return counts.sort((a, b) => b.count - a.count)[0]?.separator ?? ',';
  } finally {
    await handle.close();
  }
}

/** Of an error of csv-parse, which carries where it stopped. */
const lineOf = (error: unknown) => Number((error as { lines?: unknown } | undefined)?.lines ?? 0);

async function importFile(db: Database, workspace: Workspace, job: Job, size: number): Promise<number> {
  const started = Date.now();
  const receivedAt = new Date();
  const wallTime = wallTimesOf(job.zone ?? workspace.zone);
  const input = createReadStream(job.file);
  const rejects: Reject[] = [];
  const parser = input.pipe(
    parse({
      bom: true,
      delimiter: await separatorOf(job.file),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: longestRow,
      on_skip: (error) => {
        rejects.push({ line: lineOf(error), reason: error?.message ?? 'unreadable', row: [] });
      },
    }),
  );
  input.once('error', (error) => parser.destroy(error));
  let reader: CsvReader | undefined;
  let header: readonly string[] = [];
  let records: IntakeRecord[] = [];
  let rows = 0;
  const sums = { stored: 0, duplicates: 0 };
  let writing: Promise<void> = Promise.resolve();
  const write = (batch: IntakeRecord[]) => async () => {
    const result = await storeRecords(db, workspace, batch, receivedAt);
    sums.stored += result.stored;
    sums.duplicates += result.duplicates;
    progress(rows, input.bytesRead / Math.max(size, 1));
  };
  for await (const { record, info } of parser as unknown as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    if (!reader) {
      header = record;
      reader = new CsvReader(job.kind, csvColumns(job.kind, record), { receivedAt, defaultCountry: workspace.defaultCountry, wallTime });
      continue;
    }
    rows += 1;
    try {
      records.push(reader.read(record));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      rejects.push({ line: info.lines, reason: error.message, row: record });
    }
    if (records.length < rowsOfWrite) continue;
    // One write at a time, in the file's order, while the next rows are read.
    await writing;
    writing = write(records)();
    records = [];
  }
  await writing;
  await write(records)();
  if (!reader) throw new Error(`${job.file} is empty.`);
  await writeRejects(job.rejectsFile, header, rejects);
  report(rows, sums, rejects, job, Date.now() - started);
  return rejects.length > 0 ? 2 : 0;
}

function wallTimesOf(zone: string) {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new Error(`--zone must be an IANA time zone, such as Asia/Kolkata; ${zone} is none.`);
  }
  return wallTimes(zone);
}

function progress(rows: number, share: number): void {
  if (process.stdout.isTTY) process.stdout.write(`\r${rows.toLocaleString('en')} rows, ${Math.min(100, Math.floor(share * 100))} %`);
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Readable by its owner only: it repeats the rows as they were. An older one is removed, or it would seem to be of this import. */
async function writeRejects(file: string, header: readonly string[], rejects: readonly Reject[]): Promise<void> {
  await rm(file, { force: true });
  if (rejects.length === 0) return;
  const lines = rejects
    .toSorted((a, b) => a.line - b.line)
    .map(({ line, reason, row }) => [String(line), reason, ...row].map(quoted).join(','));
  await writeFile(file, `${[['line', 'reason', ...header].map(quoted).join(','), ...lines].join('\n')}\n`, { mode: 0o600 });
}

function report(rows: number, sums: { stored: number; duplicates: number }, rejects: readonly Reject[], job: Job, tookMs: number): void {
  const n = (value: number) => value.toLocaleString('en');
  const seconds = (tookMs / 1000).toFixed(1);
  process.stdout.write(
    `${process.stdout.isTTY ? '\r' : ''}${n(rows)} rows read in ${seconds} s: ${n(sums.stored)} stored, ${n(sums.duplicates)} were there already, ${n(rejects.length)} rejected.\n`,
  );
  if (rejects.length > 0) process.stdout.write(`The rejected rows, each with its reason: ${job.rejectsFile}\n`);
}

try {
  process.exitCode = await main(jobOf());
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
