/** How near to Facebook's limits an answer says we are. Marketing API "Rate Limiting", read 2026-09: counters are percent of a rolling hour. */
export type Usage = {
  /** 0–100, the highest of all counters of the answer. */
  percent: number;
  /** Until calls are taken again; 0 while they are. */
  waitMs: number;
  /** Facebook's word for the account's access; null where the answer does not say. */
  tier: string | null;
};

const minutes = 60_000;

/** Reads the three usage headers; what cannot be read counts as nothing. */
export function usageOf(headers: Headers): Usage {
  const usage: Usage = { percent: 0, waitMs: 0, tier: null };
  const businesses = Object.values(parsed(headers, 'x-business-use-case-usage')).flat();
  for (const bucket of businesses) {
    take(usage, bucket, ['call_count', 'total_cputime', 'total_time']);
    // In minutes, by the reference.
    usage.waitMs = Math.max(usage.waitMs, numberIn(bucket, 'estimated_time_to_regain_access') * minutes);
    usage.tier ??= tierIn(bucket);
  }
  take(usage, parsed(headers, 'x-app-usage'), ['call_count', 'total_cputime', 'total_time']);
  const account = parsed(headers, 'x-ad-account-usage');
  take(usage, account, ['acc_id_util_pct']);
  // In seconds; told also while calls are taken.
  if (numberIn(account, 'acc_id_util_pct') >= 100) usage.waitMs = Math.max(usage.waitMs, numberIn(account, 'reset_time_duration') * 1000);
  usage.tier ??= tierIn(account);
  return usage;
}

function take(usage: Usage, from: unknown, names: string[]): void {
  for (const name of names) usage.percent = Math.max(usage.percent, numberIn(from, name));
}

function tierIn(from: unknown): string | null {
  const tier = typeof from === 'object' && from !== null ? (from as Record<string, unknown>).ads_api_access_tier : null;
  return typeof tier === 'string' ? tier : null;
}

function numberIn(from: unknown, name: string): number {
  const value = typeof from === 'object' && from !== null ? Number((from as Record<string, unknown>)[name]) : Number.NaN;
  return Number.isFinite(value) ? value : 0;
}

function parsed(headers: Headers, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(headers.get(name) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
