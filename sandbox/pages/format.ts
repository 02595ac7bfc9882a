import { escapeHtml } from './page';

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `23 Nov 2026, 18:04 UTC`. */
export function instant(at: number | null): string {
  if (at === null) return '–';
  const text = new Date(at).toLocaleString('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return `${text} UTC`;
}

export function pill(text: string, tone: 'good' | 'warn' | 'bad' | '' = ''): string {
  return `<span class="pill ${tone}">${escapeHtml(text)}</span>`;
}

/** Facebook's band in words: a small size is never told. */
export function band(lower: number, upper: number): string {
  return lower === upper ? `below ${count(upper)}` : `${count(lower)} – ${count(upper)}`;
}

export function operationTone(code: number): 'good' | 'warn' | 'bad' | '' {
  if (code === 200) return 'good';
  if (code === 410) return '';
  if ([441, 411, 412, 414, 100, 400, 450].includes(code)) return 'warn';
  return 'bad';
}

export const operationName: Record<number, string> = {
  0: 'Deleted',
  100: 'Expiring',
  200: 'Ready',
  410: 'Empty',
  411: 'Low match rate',
  412: 'Many invalid rows',
  414: 'Being replaced',
  415: 'Replace failed',
  441: 'Finding people',
  471: 'Flagged',
  500: 'Error',
};

export const accountStatus: Record<number, { name: string; tone: 'good' | 'warn' | 'bad' }> = {
  1: { name: 'Active', tone: 'good' },
  2: { name: 'Disabled', tone: 'bad' },
  3: { name: 'Unsettled', tone: 'warn' },
  7: { name: 'Under review', tone: 'warn' },
  9: { name: 'Grace period', tone: 'warn' },
  100: { name: 'Closing', tone: 'bad' },
  101: { name: 'Closed', tone: 'bad' },
};

/** A one-button form that does something and comes back. */
export function actionButton(
  label: string,
  action: string,
  back: string,
  fields: Record<string, string> = {},
  tone: 'danger' | 'primary' | '' = '',
): string {
  const inputs = Object.entries({ action, back, ...fields })
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
    .join('');
  return `<form method="post" action="/ads-manager/do" class="inline">${inputs}<button class="${tone}">${escapeHtml(label)}</button></form>`;
}
