import { setTimeout as delay } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { adSetLeases, syncRuns } from '@/db/schema';
import { type App, startApp } from '@/tests/support/app';
import type { Rig, Trap } from './rig';
import type { Campaign, Shop } from './shop';

/** Where the server of `npm start` is killed, in this order, each time by the server before it. */
const places: Pick<Trap, 'step' | 'moment'>[] = [
  { step: 'make', moment: 'after' },
  { step: 'freeze', moment: 'uncommitted' },
  { step: 'add', moment: 'after' },
  { step: 'add', moment: 'uncommitted' },
  { step: 'point', moment: 'after' },
  { step: 'confirm', moment: 'uncommitted' },
];

/**
 * A campaign of today's, run by the built app as `npm start` runs it, which is killed again and again; its own ticker goes on with it as soon
 * as it is up. @returns what is not as it should be in the end.
 */
export async function killTheApp(rig: Rig, shop: Shop, kills: number): Promise<string[]> {
  const campaign = await shop.campaignOfNow();
  for (const place of places.slice(0, kills)) {
    let app: App | null = null;
    let killed = false;
    const strikes = new Promise<void>((resolve) => {
      rig.set({
        ...place,
        act: async () => {
          killed = true;
          // It may come here before it has answered for its health.
          while (!app) await delay(20);
          await app.kill();
          resolve();
          return { cut: true };
        },
      });
    });
    app = await startApp({ ...rig.variables, CRON_SECRET: 'a-secret-for-the-cron' });
    await Promise.race([strikes, delay(30_000)]);
    if (!killed) return [`the server did not come to ${place.step}, ${place.moment}`];
    await letLeasesEnd(rig, campaign);
  }
  const app = await startApp({ ...rig.variables, CRON_SECRET: 'a-secret-for-the-cron' });
  try {
    const cron = () => fetch(`${app.origin}/api/cron`, { headers: { authorization: 'Bearer a-secret-for-the-cron' } });
    for (let i = 0; i < 10 && !(await isDone(rig, campaign)); i++) await Promise.all([cron(), cron(), cron()]);
    return await shop.wrongs(campaign, [campaign.first]);
  } finally {
    await app.stop();
  }
}

/** Two minutes later, without the two minutes. */
async function letLeasesEnd(rig: Rig, { id }: Campaign): Promise<void> {
  await rig.story.db.orm.update(syncRuns).set({ leasedUntil: null, waitUntil: null }).where(eq(syncRuns.campaignId, id));
  await rig.story.db.orm.delete(adSetLeases);
}

async function isDone(rig: Rig, { id }: Campaign): Promise<boolean> {
  const runs = await rig.story.db.orm.select({ finishedAt: syncRuns.finishedAt }).from(syncRuns).where(eq(syncRuns.campaignId, id));
  return runs.length > 0 && runs.every((run) => run.finishedAt !== null);
}
