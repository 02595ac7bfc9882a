import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@/db/client';
import { type IntakeWorkspace, storeRecords } from '@/db/events';
import { parseBody, translate } from '@/lib/intake/segment-spec';
import type { Post } from './demo-shop';

/** To a running Beckon, like any sender: waits and tries again where it says 429 or is away for a moment. */
export function postByHttp(origin: string, writeKey: string): Post {
  const headers = { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' };
  return async (body) => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${origin}/v1/batch`, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => null);
      const text = response ? await response.text() : '';
      if (response?.ok) return;
      const passing = !response || response.status === 429 || response.status >= 500;
      if (!passing || attempt >= 8) throw new Error(`${origin}/v1/batch answered ${response?.status ?? 'nothing'}: ${text.slice(0, 300)}`);
      await delay(Number(response?.headers.get('retry-after') ?? 1) * 1000);
    }
  };
}

/** Without a server: the same translation and the same storing, less the HTTP between. */
export function postByDatabase(db: Database, workspace: IntakeWorkspace): Post {
  return async (body) => {
    const text = JSON.stringify(body);
    const receivedAt = new Date();
    const context = { defaultCountry: workspace.defaultCountry, receivedAt };
    const { records } = translate('batch', parseBody(text), Buffer.byteLength(text), context);
    await storeRecords(db, workspace, records, receivedAt);
  };
}
