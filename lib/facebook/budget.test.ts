import { expect, it } from 'vitest';
import { pauseMs } from './budget';
import { usageOf } from './usage';

const usage = (percent: number, waitMs = 0) => ({ percent, waitMs, tier: null });

it('slows down from three quarters of the limit, stops before it, and waits as long as it is told to', () => {
  expect([0, 75, 78, 89].map((percent) => pauseMs(usage(percent)))).toEqual([0, 0, 2_000, 9_333]);
  expect(pauseMs(usage(90))).toBe(60_000);
  expect(pauseMs(usage(100, 1_800_000))).toBe(1_800_000);
});

it('reads the access tier, the highest counter, and the longest wait of all headers', () => {
  const headers = new Headers({
    'x-ad-account-usage': '{"acc_id_util_pct":100,"reset_time_duration":120,"ads_api_access_tier":"development_access"}',
    'x-business-use-case-usage': '{"1":[{"type":"custom_audience","call_count":12,"estimated_time_to_regain_access":1}]}',
  });
  expect(usageOf(headers)).toEqual({ percent: 100, waitMs: 120_000, tier: 'development_access' });
  expect(usageOf(new Headers({ 'x-ad-account-usage': '{"acc_id_util_pct":40,"reset_time_duration":120}' })).waitMs).toBe(0);
  expect(usageOf(new Headers({ 'x-ad-account-usage': 'nothing of the sort' }))).toEqual({ percent: 0, waitMs: 0, tier: null });
});
