import type { ListIdentifier } from '@/lib/intake/list-csv';

export type ListAnswer = {
  identifier: ListIdentifier;
  rows: number;
  kept: number;
  known: number;
  unknown: number;
  duplicates: number;
  rejected: number;
};

export type SendProgress = {
  sent: number;
  bytes: number /** Read and stored by the server; null before its first word. */;
  rows: number | null;
};

export type SentList = { ok: true; data: ListAnswer } | { ok: false; message: string; field?: string };

const pollMs = 700;

/**
 * Sends the file as it is, without holding it. The browser says how much is sent; how much of it is stored is asked meanwhile.
 * @param query what the address says: name, place, identifier, header, new.
 */
export function sendList(
  file: File,
  key: string,
  query: Record<string, string>,
  onProgress: (progress: SendProgress) => void,
): { answer: Promise<SentList>; abort(): void } {
  const upload = crypto.randomUUID();
  const address = `/api/segments/${key}/list`;
  const request = new XMLHttpRequest();
  const progress: SendProgress = { sent: 0, bytes: file.size, rows: null };
  const tell = (change: Partial<SendProgress>) => onProgress(Object.assign(progress, change));
  const poll = setInterval(() => {
    void rowsOf(`${address}?upload=${upload}`).then((rows) => rows !== null && tell({ rows }));
  }, pollMs);
  const answer = new Promise<SentList>((resolve) => {
    const fail = (message: string) => resolve({ ok: false, message });
    request.upload.onprogress = ({ loaded }) => tell({ sent: Math.min(loaded, file.size) });
    request.onload = () => resolve(answerOf(request));
    request.onerror = () => fail('The connection broke. The list is as it was: try again.');
    request.onabort = () => fail('Stopped. The list is as it was.');
    request.open('PUT', `${address}?${new URLSearchParams({ ...query, upload })}`);
    request.setRequestHeader('content-type', 'text/csv');
    request.send(file);
  }).finally(() => clearInterval(poll));
  return { answer, abort: () => request.abort() };
}

async function rowsOf(address: string): Promise<number | null> {
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) return null;
  return ((await response.json()) as { rows: number | null }).rows;
}

function answerOf(request: XMLHttpRequest): SentList {
  try {
    const body = JSON.parse(request.responseText) as ListAnswer & { error?: { message: string; field?: string } };
    return body.error ? { ok: false, ...body.error } : { ok: true, data: body };
  } catch {
    return { ok: false, message: 'The server did not answer as it should. Try again.' };
  }
}
