import { setTimeout as delay } from 'node:timers/promises';
import type { SyncWorld } from '@/lib/sync/advance-run';
import { flushLive } from './pump';
import { gatherMs, settleLive } from './settle';

/**
 * Where no process pumps all the time (Vercel): what requests have brought is settled and sent once they are answered, by one after another,
 * however many ask. Another instance may do the same at the same time, and the heartbeat does what is left where this one is cut off.
 */
export class AfterIntake {
  private working: Promise<void> | null = null;
  private again = false;

  constructor(private readonly world: SyncWorld) {}

  /** @returns when what had come by then is sent, or waits for an ad account. */
  serve(): Promise<void> {
    this.again = true;
    this.working ??= this.work().finally(() => {
      this.working = null;
    });
    return this.working;
  }

  private async work(): Promise<void> {
    while (this.again) {
      this.again = false;
      if (!(await settleLive(this.world, this.world.clock()))) return;
      await delay(gatherMs + 1);
      await flushLive(this.world);
    }
  }
}
