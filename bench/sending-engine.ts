/** The real engine in a process of its own: one tick at the given instant, then its counts, time and peak memory as JSON. */
import { performance } from 'node:perf_hooks';
import { openDatabase } from '@/db/client';
import { syncWorld } from '@/lib/engine';
import { parseEnv } from '@/lib/env';
import { tick } from '@/lib/sync/tick';

const env = parseEnv(process.env);
const db = openDatabase(env.databaseUrl, 4);
const atRest = process.memoryUsage().rss;
const start = Date.parse(process.argv[2] ?? '');
const began = performance.now();
const world = syncWorld(db, env, () => new Date(start + performance.now() - began));
const counts = await tick(world, env.syncBudgetSeconds * 1000);
const seconds = (performance.now() - began) / 1000;
await db.close();
// maxRSS is in kilobytes.
process.stdout.write(JSON.stringify({ counts, seconds, atRestBytes: atRest, peakBytes: process.resourceUsage().maxRSS * 1024 }));
