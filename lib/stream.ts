const chunkSize = 64 * 1024;

/** Sends lines as they are read; a reader that goes away ends the reading. */
export function streamed(lines: AsyncIterable<string>, headers: Record<string, string>): Response {
  const iterator = lines[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = '';
      while (text.length < chunkSize) {
        const next = await iterator.next();
        if (next.done) {
          if (text) controller.enqueue(encoder.encode(text));
          return controller.close();
        }
        text += next.value;
      }
      controller.enqueue(encoder.encode(text));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  return new Response(body, { headers: { 'cache-control': 'no-store', ...headers } });
}

export const ndjson = (rows: AsyncIterable<object>): Response =>
  streamed(
    mapped(rows, (row) => `${JSON.stringify(row)}\n`),
    { 'content-type': 'application/x-ndjson' },
  );

/**
 * Each object goes out as soon as it is there, for a reader who waits for it.
 * @param rows is handed a signal that is aborted when the reader goes away.
 */
export function promptNdjson(rows: (gone: AbortSignal) => AsyncIterable<object>, gone: AbortSignal): Response {
  const abort = new AbortController();
  const signal = AbortSignal.any([gone, abort.signal]);
  const iterator = rows(signal)[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await iterator.next();
        if (next.done) return controller.close();
        controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
      },
      cancel: () => abort.abort(),
    },
    { highWaterMark: 0 },
  );
  // Compression would hold lines back until there is enough of them.
  return new Response(body, { headers: { 'cache-control': 'no-store, no-transform', 'content-type': 'application/x-ndjson' } });
}

/** @param fileName what a browser saves it as. */
export const csv = (lines: AsyncIterable<string>, fileName: string): Response =>
  streamed(lines, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${fileName}"` });

export async function* mapped<T, U>(rows: AsyncIterable<T>, map: (row: T) => U): AsyncGenerator<U> {
  for await (const row of rows) yield map(row);
}

/** RFC 4180; a leading =, +, - or @ is defused, for spreadsheets take it for a formula. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  const text = cells.map((cell) => {
    const plain = String(cell ?? '');
    const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${text.join(',')}\r\n`;
}
