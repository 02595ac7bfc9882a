import { expect, test } from 'vitest';
import { comparedText } from './report-words';

const from = new Date('2026-05-22T03:30:00Z');
const until = new Date('2026-06-02T03:30:00Z');

test('who is compared is said with the time for which there was one control group', () => {
  expect(comparedText({ from, until: null, controlPercent: 12.5 }, 'Asia/Kolkata')).toBe(
    'Only those who came in since Fri 22 May 2026, 09:00, when 12.5 % became the control group. ' +
      'Each person counts once, from joining, or from being drawn, when the days are over.',
  );
  expect(comparedText({ from, until, controlPercent: 10 }, 'Asia/Kolkata')).toBe(
    'Only those who came in, and had their days, from Fri 22 May 2026, 09:00 to Tue 2 Jun 2026, 09:00, while 10 % were the control group. ' +
      'Each person counts once, from joining, or from being drawn, when the days are over.',
  );
  expect(comparedText(null, 'UTC')).toBe('Each person counts once, from joining, when the days are over.');
});
