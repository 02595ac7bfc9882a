/**
 * The engine as the self-hosted server beats it (lib/ticker.ts), in a process of its own that can be killed: on another day, and with no
 * minute between its beats. Starts when it is told an instant, and ends when there is nothing left to do.
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '@/db/client';
import { syncWorld } from '@/lib/engine';
import { parseEnv } from '@/lib/env';
import { tick } from '@/lib/sync/tick';

const env = parseEnv(process.env);
// Nobody waits for a minute here.
const patienceMs = Number(process.env.ENGINE_PATIENCE_MS);
const longest = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => longest(Math.min(ms, patienceMs));

for await (const at of createInterface({ input: process.stdin })) {
  const began = performance.now();
  const db = openDatabase(env.databaseUrl, 4);
  const world = syncWorld(db, env, () => new Date(Date.parse(at) + performance.now() - began));
  for (let moved = true, failed = 0; moved && failed < 5; ) {
    try {
      const counts = await tick(world, env.syncBudgetSeconds * 1000);
      moved = counts.queued + counts.advanced > 0;
    } catch {
      // As the ticker: the next beat finds Postgres back.
      failed++;
      await delay(100);
    }
  }
  await db.close();
  process.exit(0);
}
