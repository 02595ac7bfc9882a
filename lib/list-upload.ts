import { randomUUID } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { Database } from '@/db/client';
import { dropList } from '@/db/list-sweep';
import { closeList, type ListReject, type ListTarget, type OpenList, openList, refuseTakenKey, writeListPart } from '@/db/lists';
import type { Workspace } from '@/db/workspaces';
import { AppError } from '@/lib/errors';
import { csvParsing, separatorOf } from '@/lib/intake/csv';
import { type ListChoice, type ListColumn, type ListIdentifier, type ListValue, listColumn, listValue } from '@/lib/intake/list-csv';
import { faultOf, log } from '@/lib/log';

export type UploadWorld = { db: Database; clock: () => Date };

export type ListUpload = ListTarget & {
  workspace: Workspace;
  choice: ListChoice;
  userId: string | null;
  /** Chosen by who wants to watch it grow. */
  id?: string;
  /** Hears of every row not taken, and what its column said. */
  onReject?: (reject: ListReject, text: string) => void;
};

export type UploadedList = {
  created: boolean;
  identifier: ListIdentifier;
  rows: number;
  /** Different values. */
  kept: number;
  /** Values that a profile has; the others count when it comes. */
  known: number;
  unknown: number;
  duplicates: number;
  rejected: number;
};

/** Rows of one part: a part has the workspace's intake wait while its members are looked up, some tens of milliseconds. */
const rowsOfPart = 5_000;

/**
 * Reads the CSV as it comes and makes it the segment's list once all of it was read; memory stays flat. @throws AppError, and whatever the
 * stream throws: then the list is as it was.
 */
export async function uploadList(world: UploadWorld, upload: ListUpload, body: Readable): Promise<UploadedList> {
  const { db, clock } = world;
  await refuseTakenKey(db.orm, upload.workspace.id, upload);
  const rows = csvRows(body);
  const first = await rows.next();
  if (first.done) throw new AppError('invalid', 'The file is empty.', '');
  const column = listColumn(first.value.record ?? [], upload.choice);
  const list: OpenList = { id: upload.id ?? randomUUID(), workspaceId: upload.workspace.id, identifier: column.identifier };
  await openList(db, list, upload.userId, clock());
  try {
    const counts = await writeRows(world, upload, list, column, column.header ? rows : chained(first.value, rows));
    if (counts.kept === 0)
      throw new AppError('unprocessable', `None of the ${counts.rows} rows could be used${counts.why}. Nothing was changed.`);
    const { created } = await closeList(db, list, upload, upload.userId, clock());
    const { rows: read, kept, known, rejected } = counts;
    const duplicates = read - kept - rejected;
    return { created, identifier: list.identifier, rows: read, kept, known, unknown: kept - known, duplicates, rejected };
  } catch (error) {
    // Left where even this fails, and swept later.
    await dropList(db, list.workspaceId, list.id).catch((second: unknown) =>
      log.warn({ fault: faultOf(second) }, 'failed upload left behind'),
    );
    throw error;
  }
}

/** A row that does not read has a reason in place of its cells. */
type CsvRow = { line: number; record?: string[]; reason?: string };

async function* chained(first: CsvRow, rest: AsyncIterable<CsvRow>): AsyncGenerator<CsvRow> {
  yield first;
  yield* rest;
}

async function* csvRows(body: Readable): AsyncGenerator<CsvRow> {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  const head = await chunks.next();
  if (head.done) return;
  const unreadable: CsvRow[] = [];
  const parser = parse({
    ...csvParsing(separatorOf(head.value.toString('utf8'))),
    info: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      unreadable.push({ line: Number((error as { lines?: unknown } | undefined)?.lines ?? 0), reason: 'This row does not read as CSV.' });
      return undefined;
    },
  });
  const whole = async function* () {
    yield head.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  // A fault of either side destroys the parser with it, and so ends the loop below.
  pipeline(Readable.from(whole(), { objectMode: false }), parser, () => {});
  for await (const { record, info } of parser as unknown as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    yield { line: info.lines, record };
    yield* unreadable.splice(0);
  }
  yield* unreadable.splice(0);
}

type Counts = { rows: number; kept: number; known: number; rejected: number /** In words, of the first row not taken. */; why: string };

/** One part is written while the rows of the next are read. */
async function writeRows(
  { db, clock }: UploadWorld,
  upload: ListUpload,
  list: OpenList,
  column: ListColumn,
  rows: AsyncIterable<CsvRow>,
): Promise<Counts> {
  const listValueOf = (row: CsvRow): ListValue =>
    row.record ? listValue(row.record, column, upload.workspace.defaultCountry) : { reason: row.reason ?? '' };
  const counts: Counts = { rows: 0, kept: 0, known: 0, rejected: 0, why: '' };
  const write = async (part: Part) => {
    const { kept, known } = await writeListPart(db, list, { ...part, values: [...part.values] }, clock());
    counts.rows += part.rows;
    counts.why ||= part.rejects[0] ? ` (line ${part.rejects[0].line}: ${part.rejects[0].reason})` : '';
    counts.rejected += part.rejects.length;
    counts.kept += kept;
    counts.known += known;
  };
  let part = emptyPart();
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const row of rows) {
      takeRow(part, row, listValueOf(row), (reject) => upload.onReject?.(reject, row.record?.[column.index] ?? ''));
      if (part.rows < rowsOfPart) continue;
      await writing;
      writing = write(part);
      // Awaited above or below; the reading in between must not make a fault of it that nobody handles.
      writing.catch(() => {});
      part = emptyPart();
    }
    await writing;
    if (part.rows > 0) await write(part);
  } finally {
    // Nothing may be written any more when the caller clears away.
    await writing.catch(() => {});
  }
  return counts;
}

type Part = { rows: number; values: Set<string>; rejects: ListReject[] };
const emptyPart = (): Part => ({ rows: 0, values: new Set(), rejects: [] });

function takeRow(part: Part, row: CsvRow, found: ListValue, onReject: (reject: ListReject) => void): void {
  part.rows += 1;
  if ('value' in found) part.values.add(found.value);
  else {
    const reject = { line: row.line, reason: found.reason };
    part.rejects.push(reject);
    onReject(reject);
  }
}
