import type { World } from '../store/world';
import type { Call } from './call';
import { GraphFailure } from './failure';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const scoreMs = 300_000;

type Bucket = 'custom_audience' | 'ads_management';

/** Calls by minute of the simulated clock: a rolling hour. */
class RollingHour {
  private readonly minutes = new Map<number, number>();
  blockedUntil = 0;

  add(now: number): void {
    const minute = Math.floor(now / minuteMs);
    this.minutes.set(minute, (this.minutes.get(minute) ?? 0) + 1);
  }

  count(now: number): number {
    const first = Math.floor((now - hourMs) / minuteMs);
    let sum = 0;
    for (const [minute, calls] of this.minutes) {
      if (minute <= first) this.minutes.delete(minute);
      else sum += calls;
    }
    return sum;
  }

  /** Whole minutes until a tenth of the budget is free again. */
  minutesToWait(now: number, budget: number): number {
    let left = this.count(now);
    for (const minute of [...this.minutes.keys()].sort((a, b) => a - b)) {
      left -= this.minutes.get(minute) ?? 0;
      if (left <= budget * 0.9) return Math.max(1, minute + 60 - Math.floor(now / minuteMs));
    }
    return 60;
  }
}

/** Facebook's budgets per ad account. Held in memory: a restart forgives. */
export class Usage {
  private readonly hours = new Map<string, RollingHour>();
  private readonly scores = new Map<string, { points: number; at: number; blockedUntil: number }>();
  private appCalls = 0;

  clear(): void {
    this.hours.clear();
    this.scores.clear();
    this.appCalls = 0;
  }

  /** Counts a Marketing call on its account; refuses it when the bucket or the account's score is used up. */
  spend(call: Call, accountId: string): void {
    this.appCalls += 1;
    this.spendScore(call, accountId);
    const bucket = bucketOf(call.path);
    const hour = this.hour(accountId, bucket);
    hour.add(call.now);
    const budget = budgetOf(call.world, accountId, bucket);
    if (call.now >= hour.blockedUntil && hour.count(call.now) <= budget) return;
    hour.blockedUntil = call.now + hour.minutesToWait(call.now, budget) * minuteMs;
    throw new GraphFailure(
      bucket === 'custom_audience' ? 80003 : 80004,
      `(#${bucket === 'custom_audience' ? 80003 : 80004}) There have been too many calls to this ad-account. Wait a bit and try again.`,
      {
        subcode: 2446079,
        transient: true,
        title: 'Ad Account Has Too Many API Calls',
        userMessage: 'There have been too many calls to this ad account. Wait a bit and try again.',
      },
    );
  }

  /** The usage headers of an answer. As recorded: POST /users carries the app's and the account's header, all else the business one. */
  headers(call: Call, accountId: string): Record<string, string> {
    const score = this.scores.get(accountId);
    const limits = scoreLimits(call.world);
    const percent = Math.min(100, Math.round(((score?.points ?? 0) / limits.points) * 10_000) / 100);
    const tier = call.world.settings.tier === 'full' ? 'standard_access' : 'development_access';
    const app = {
      call_count: Math.min(100, Math.floor(this.appCalls / 10_000)),
      total_cputime: 0,
      total_time: 1,
    };
    if (call.method === 'POST' && call.path.endsWith('/users')) {
      const wait = score && score.blockedUntil > call.now ? Math.ceil((score.blockedUntil - call.now) / 1000) : 0;
      return {
        'x-app-usage': JSON.stringify(app),
        'x-ad-account-usage': JSON.stringify({
          acc_id_util_pct: percent,
          reset_time_duration: wait,
          ads_api_access_tier: tier,
        }),
      };
    }
    const bucket = bucketOf(call.path);
    const hour = this.hour(accountId, bucket);
    const budget = budgetOf(call.world, accountId, bucket);
    const used = Math.min(100, Math.floor((hour.count(call.now) / budget) * 100));
    const regain = hour.blockedUntil > call.now ? Math.ceil((hour.blockedUntil - call.now) / minuteMs) : 0;
    const entry = {
      type: bucket,
      call_count: used,
      total_cputime: Math.floor(used / 4),
      total_time: Math.floor(used / 3),
      estimated_time_to_regain_access: regain,
      ...(bucket === 'ads_management' ? { ads_api_access_tier: tier } : {}),
    };
    return {
      'x-business-use-case-usage': JSON.stringify({ [accountId]: [entry] }),
    };
  }

  private spendScore(call: Call, accountId: string): void {
    const limits = scoreLimits(call.world);
    const score = this.scores.get(accountId) ?? {
      points: 0,
      at: call.now,
      blockedUntil: 0,
    };
    const left = Math.max(0, score.points - (limits.points * (call.now - score.at)) / scoreMs);
    const points = left + (call.method === 'GET' ? 1 : 3);
    const refused = call.now < score.blockedUntil || points > limits.points;
    this.scores.set(accountId, {
      points,
      at: call.now,
      blockedUntil: refused ? call.now + limits.blockMs : 0,
    });
    if (!refused) return;
    throw new GraphFailure(613, '(#613) Calls to this api have exceeded the rate limit.', {
      subcode: 1487742,
      transient: true,
      title: 'Too Many Calls',
      userMessage: 'There have been too many calls from this ad account. Wait a bit and try again.',
    });
  }

  private hour(accountId: string, bucket: Bucket): RollingHour {
    const key = `${accountId}:${bucket}`;
    const hour = this.hours.get(key) ?? new RollingHour();
    this.hours.set(key, hour);
    return hour;
  }
}

function bucketOf(path: string): Bucket {
  return /\/(adsets|campaigns)$|^\/act_\d+$/.test(path) ? 'ads_management' : 'custom_audience';
}

function budgetOf(world: World, accountId: string, bucket: Bucket): number {
  const { tier, limitScale } = world.settings;
  if (bucket === 'ads_management') {
    const ads = world.adSets.where((adSet) => adSet.accountId === accountId && adSet.status === 'ACTIVE').length;
    return ((tier === 'full' ? 100_000 : 300) + 40 * ads) * limitScale;
  }
  const active = world.audiences.where((audience) => audience.accountId === accountId && audience.deletedAt === null).length;
  return Math.min(700_000, (tier === 'full' ? 190_000 : 5_000) + 40 * active) * limitScale;
}

function scoreLimits(world: World): { points: number; blockMs: number } {
  const { tier, limitScale } = world.settings;
  return tier === 'full' ? { points: 9_000 * limitScale, blockMs: 60_000 } : { points: 60 * limitScale, blockMs: 300_000 };
}
