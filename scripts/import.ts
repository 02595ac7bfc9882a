/**
 * `npm run import -- users|events FILE.csv [--workspace ID] [--zone ZONE] [--rejects FILE]`, or `list KEY FILE.csv [--name NAME] [--column HEADER]
 * [--identifier userId|email|phone]`, which makes the file a list segment. Works beside a running app. docs/intake.md has the columns. Ends with 0 when every row was stored (or was there already), 2 when some were rejected, 1 when the file could not be imported.
 */
import { createReadStream } from 'node:fs';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse';
import { type Database, openDatabase } from '@/db/client';
import { storeRecords } from '@/db/events';
import type { ListReject } from '@/db/lists';
import { migrate } from '@/db/migrate';
import { segmentKeySchema } from '@/db/segments';
import { refreshStatistics } from '@/db/statistics';
import { type Workspace, workspaceById } from '@/db/workspaces';
import { allWorkspaceIds } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { type CsvKind, CsvReader, csvColumns, csvParsing, separatorOf, wallTimes } from '@/lib/intake/csv';
import { type ListChoice, listIdentifiers } from '@/lib/intake/list-csv';
import type { IntakeRecord } from '@/lib/intake/record';
import { uploadList } from '@/lib/list-upload';
import { loadDotEnv, openLocalDatabase } from './local-settings';

const usage = `Usage: npm run import -- users|events FILE.csv [--workspace ID] [--zone Asia/Kolkata] [--rejects FILE]
       npm run import -- list KEY FILE.csv [--name NAME] [--column HEADER] [--identifier userId|email|phone] [--workspace ID] [--rejects FILE]`;
/** Rows of one transaction: where set-based statements no longer gain. */
const rowsOfWrite = 5_000;

type Job = { file: string; workspaceId?: number; rejectsFile: string } & (
  | { kind: CsvKind; zone?: string }
  | { kind: 'list'; key: string; name?: string; choice: ListChoice }
);
type Reject = { line: number; reason: string; row: readonly string[] };

function jobOf(): Job {
  const option = { type: 'string' } as const;
  const options = { workspace: option, zone: option, rejects: option, name: option, column: option, identifier: option };
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [kind, ...rest] = positionals;
  const [key, file, ...more] = kind === 'list' ? rest : [undefined, ...rest];
  if (!file || more.length > 0) throw new Error(usage);
  const workspaceId = values.workspace === undefined ? undefined : Number(values.workspace);
  const where = { file, workspaceId, rejectsFile: values.rejects ?? `${file.replace(/\.csv$/i, '')}.rejects.csv` };
  if (kind === 'users' || kind === 'events') return { ...where, kind, zone: values.zone };
  if (kind !== 'list' || !key) throw new Error(usage);
  if (!segmentKeySchema.safeParse(key).success) throw new Error(`${key} is no key: lower-case letters, digits and single dashes.`);
  const identifier = listIdentifiers.find((each) => each === values.identifier);
  if (values.identifier !== undefined && !identifier) throw new Error(usage);
  return { ...where, kind, key, name: values.name, choice: { column: values.column, identifier } };
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
    const workspace = await chosenWorkspace(db, job.workspaceId);
    const code = await (job.kind === 'list' ? importList(db, workspace, job) : importFile(db, workspace, job, size));
    await refreshStatistics(db);
    return code;
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

async function headOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Of an error of csv-parse, which carries where it stopped. */
const lineOf = (error: unknown) => Number((error as { lines?: unknown } | undefined)?.lines ?? 0);

async function importList(db: Database, workspace: Workspace, job: Extract<Job, { kind: 'list' }>): Promise<number> {
  const started = Date.now();
  const rejects: Reject[] = [];
  const upload = {
    ...job,
    workspace,
    userId: null,
    onReject: (reject: ListReject, text: string) => rejects.push({ ...reject, row: [text] }),
  };
  const answer = await uploadList({ db, clock: () => new Date() }, upload, createReadStream(job.file));
  await writeRejects(job.rejectsFile, [answer.identifier], rejects);
  const n = (value: number) => value.toLocaleString('en');
  process.stdout.write(
    `${n(answer.rows)} rows read in ${((Date.now() - started) / 1000).toFixed(1)} s: ${n(answer.kept)} kept (${n(answer.known)} known, ${n(answer.unknown)} not yet), ` +
      `${n(answer.duplicates)} twice, ${n(answer.rejected)} rejected.\n`,
  );
  if (rejects.length > 0) process.stdout.write(`The rejected rows, each with its reason: ${job.rejectsFile}\n`);
  return rejects.length > 0 ? 2 : 0;
}

async function importFile(db: Database, workspace: Workspace, job: Extract<Job, { kind: CsvKind }>, size: number): Promise<number> {
  const started = Date.now();
  const receivedAt = new Date();
  const wallTime = wallTimesOf(job.zone ?? workspace.zone);
  const input = createReadStream(job.file);
  const rejects: Reject[] = [];
  const parser = input.pipe(
    parse({
      ...csvParsing(separatorOf(await headOf(job.file))),
      info: true,
      skip_records_with_error: true,
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
