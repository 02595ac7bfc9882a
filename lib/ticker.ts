import { schedule } from 'node-cron';
import { database, liveDatabase } from '@/db/open';
import { heartbeat, syncWorld } from '@/lib/engine';
import { env } from '@/lib/env';
import { pump } from '@/lib/live/pump';
import { faultOf, log } from '@/lib/log';
import { upkeep } from '@/lib/upkeep';

const holder = globalThis as typeof globalThis & { beckonTicker?: { beating: boolean; again: boolean; upkeeping: boolean } };

const state = () => {
  holder.beckonTicker ??= { beating: false, again: false, upkeeping: false };
  return holder.beckonTicker;
};

/** A heartbeat a minute, and live campaigns all the time. In UTC: in a zone with summer time the ticker itself would pause for an hour. Truth is in Postgres, not here. */
export function startTicker(): void {
  // Not awaited together: a beat never waits for the upkeep of the minute before.
  schedule('* * * * *', () => beat().then(() => void keepUp()), { timezone: 'UTC', name: 'tick', noOverlap: true });
  nudge();
  void pump(syncWorld(liveDatabase(), env()), new AbortController().signal);
}

/** A heartbeat soon, for what a person is waiting for; beats that come during one are made up for after it. */
export function nudge(): void {
  setTimeout(() => void beat(), 20).unref();
}

async function beat(): Promise<void> {
  const ticker = state();
  if (ticker.beating) {
    ticker.again = true;
    return;
  }
  ticker.beating = true;
  try {
    do {
      ticker.again = false;
      await heartbeat(database(), env());
    } while (ticker.again);
  } catch (error) {
    log.error({ fault: faultOf(error) }, 'tick failed');
  } finally {
    ticker.beating = false;
  }
}

async function keepUp(): Promise<void> {
  const ticker = state();
  if (ticker.upkeeping) return;
  ticker.upkeeping = true;
  try {
    await upkeep(database(), () => new Date(), env().syncBudgetSeconds * 1000);
  } catch (error) {
    log.error({ fault: faultOf(error) }, 'upkeep failed');
  } finally {
    ticker.upkeeping = false;
  }
}
