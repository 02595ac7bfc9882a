import { expect, test } from 'vitest';
import { offsetText } from './zoned-text';
import { allZones, modernZone } from './zones';

test('offers every zone once, under the name it has today', () => {
  const zones = allZones();
  expect(new Set(zones).size).toBe(zones.length);
  expect(zones[0]).toBe('UTC');
  expect(zones).toEqual(expect.arrayContaining(['Asia/Kolkata', 'Asia/Kathmandu', 'Europe/Kyiv', 'America/Argentina/Buenos_Aires']));
  expect(zones).not.toContain('Asia/Calcutta');
  expect(modernZone('Asia/Katmandu')).toBe('Asia/Kathmandu');
});

test('says offsets of whole, half and no hours', () => {
  const at = new Date('2026-11-23T00:00:00Z');
  expect(['UTC', 'Asia/Kolkata', 'America/New_York', 'Asia/Kathmandu'].map((zone) => offsetText(zone, at))).toEqual([
    'UTC',
    'UTC+5:30',
    'UTC−5',
    'UTC+5:45',
  ]);
});
