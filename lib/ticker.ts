import { schedule } from 'node-cron';
import { database } from '@/db/open';
import { heartbeat } from '@/lib/engine';
import { env } from '@/lib/env';
import { faultOf, log } from '@/lib/log';

const holder = globalThis as typeof globalThis & { beckonTicker?: { beating: boolean; again: boolean } };

const state = () => {
  holder.beckonTicker ??= { beating: false, again: false };
  return holder.beckonTicker;
};

/** A heartbeat a minute, in UTC: in a zone with summer time the ticker itself would pause for an hour. Truth is in Postgres, not here. */
export function startTicker(): void {
  schedule('* * * * *', () => beat(), { timezone: 'UTC', name: 'tick', noOverlap: true });
  nudge();
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
