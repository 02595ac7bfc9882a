import { csvLine } from '@/lib/stream';

/** The rejected rows of a file with their reasons: the server keeps the reasons, the rows themselves are only here. */
export async function rejectFile(file: Blob, key: string): Promise<Blob> {
  const response = await fetch(`/api/segments/${key}/list/rejects`);
  if (!response.ok) throw new Error('The rejected rows could not be read.');
  return new Blob(await rejectLines(textLines(file), reasonsOf(await response.text())), { type: 'text/csv' });
}

/** @param csv lines of "line,reason". */
export function reasonsOf(csv: string): Map<number, string> {
  const reasons = new Map<number, string>();
  for (const row of csv.split(/\r?\n/).slice(1)) {
    const cut = row.indexOf(',');
    if (cut > 0)
      reasons.set(
        Number(row.slice(0, cut)),
        row
          .slice(cut + 1)
          .replace(/^"|"$/g, '')
          .replaceAll('""', '"'),
      );
  }
  return reasons;
}

/** A row that goes over several lines is told by its last one. */
export async function rejectLines(lines: AsyncIterable<string>, reasons: ReadonlyMap<number, string>): Promise<string[]> {
  const found = [csvLine(['line', 'reason', 'row'])];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const reason = reasons.get(number);
    if (reason !== undefined) found.push(csvLine([number, reason, line]));
  }
  return found;
}

async function* textLines(file: Blob): AsyncGenerator<string> {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
