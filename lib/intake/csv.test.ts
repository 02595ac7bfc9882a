import { describe, expect, test } from 'vitest';
import { CsvReader, csvColumns, csvValue, wallTimes } from './csv';

const receivedAt = new Date('2026-03-10T06:30:00.000Z');
const context = { receivedAt, defaultCountry: 'IN', wallTime: wallTimes('Asia/Kolkata') };
const reader = (kind: 'users' | 'events', header: string) => new CsvReader(kind, csvColumns(kind, header.split(',')), context);

describe('columns', () => {
  test('are guessed from their headers, whatever their spelling; the rest are properties', () => {
    expect(csvColumns('users', ['User ID', 'E-Mail', 'Phone Number', 'first_name', 'DOB', 'Zip', 'Plan', 'date', ''])).toEqual([
      { field: 'userId' },
      { field: 'email' },
      { field: 'phone' },
      { field: 'firstName' },
      { field: 'birthday' },
      { field: 'postalCode' },
      { property: 'Plan' },
      { property: 'date' },
      { ignored: '' },
    ]);
    expect(csvColumns('events', ['identity', 'Event Name', 'date', 'city', 'email'])).toEqual([
      { field: 'userId' },
      { field: 'event' },
      { field: 'timestamp' },
      { property: 'city' },
      { ignored: 'email' },
    ]);
  });

  test.each([
    ['users', 'email,plan', 'There is no column userId.'],
    ['events', 'userId,event', 'There is no column timestamp.'],
    ['events', 'userId,timestamp', 'There is no column event.'],
    ['users', 'userId,email,E-mail', 'Two columns mean email'],
    ['users', 'userId,plan,plan', 'Two columns mean plan'],
  ] as const)('%s with %s are refused', (kind, header, reason) => {
    expect(() => csvColumns(kind, header.split(','))).toThrow(reason);
  });
});

test('values are typed: numbers that stay what they were, booleans, dates, text', () => {
  const typed = [
    '7',
    '-1.50',
    '0',
    '1e3',
    '007',
    '+7',
    '12345678901234567890',
    'TRUE',
    'false',
    '2026-03-09',
    '2026-03-09 14:30',
    'gold ',
    '1,5',
    'NaN',
  ];
  expect(typed.map(csvValue)).toEqual([
    7,
    -1.5,
    0,
    1000,
    '007',
    '+7',
    '12345678901234567890',
    true,
    false,
    '2026-03-09',
    '2026-03-09T14:30',
    'gold ',
    '1,5',
    'NaN',
  ]);
});

describe('times', () => {
  const at = (timestamp: string) => new Date(reader('events', 'userId,event,timestamp').read(['u1', 'E', timestamp]).time).toISOString();
  test.each([
    ['2026-03-09', '2026-03-08T18:30:00.000Z'],
    ['2026-03-09 14:30', '2026-03-09T09:00:00.000Z'],
    ['2026-03-09T14:30:15.123', '2026-03-09T09:00:15.123Z'],
    ['2026-03-09T14:30:00Z', '2026-03-09T14:30:00.000Z'],
    ['2026-03-09T14:30:00-05:00', '2026-03-09T19:30:00.000Z'],
    ['1773066600', '2026-03-09T14:30:00.000Z'],
    ['2031-01-01', receivedAt.toISOString()],
  ])('%s is %s', (text, instant) => expect(at(text)).toBe(instant));

  test.each(['09/03/2026', '2026-02-30', 'yesterday', '1066-10-14', '20260309'])('%s is refused', (text) => {
    expect(() => at(text)).toThrow('timestamp');
  });

  test('a wall time that comes twice is the first, one that is skipped the next', () => {
    const berlin = wallTimes('Europe/Berlin');
    expect(new Date(berlin('2026-10-25T02:30') ?? 0).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(new Date(berlin('2026-03-29T02:30') ?? 0).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  });
});

test('equal rows are as many events, and the same file gives the same ones again', () => {
  const rows = [
    ['u1', 'Bought', '2026-03-09', '3'],
    ['u1', 'Bought', '2026-03-09', '3'],
    ['u1', 'Bought', '2026-03-09', '4'],
  ];
  const keys = () => {
    const file = reader('events', 'userId,event,timestamp,amount');
    return rows.map((row) => file.read(row).repeatKey);
  };
  expect(new Set(keys()).size).toBe(3);
  expect(keys()).toEqual(keys());
});

test('a user’s row has digests in place of identifiers, and leaves empty cells alone', () => {
  const record = reader('users', 'userId,email,phone,country,city,plan,points').read([
    'u1',
    ' Mary@Example.COM ',
    'call me',
    'Germany',
    'Köln',
    '',
    '7',
  ]);
  expect(record).toMatchObject({
    kind: 'identify',
    userId: 'u1',
    repeatKey: null,
    faults: ['phone'],
    profile: {
      properties: { points: 7 },
      country: 'DE',
      city: 'Köln',
      identifiers: { email: 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79' },
    },
  });
  expect(record.profile?.properties).toEqual({ points: 7 });
});

test.each([
  [['', 'E', '2026-03-09'], 'userId is empty.'],
  [['u1', '', '2026-03-09'], 'event is empty.'],
  [['u1', 'E', ''], 'timestamp is empty.'],
  [['u1', 'E'], 'The row has 2 columns, the header 3.'],
  [['u'.repeat(600), 'E', '2026-03-09'], 'userId is longer than 512 characters.'],
])('%j is rejected: %s', (row, reason) => {
  expect(() => reader('events', 'userId,event,timestamp').read(row)).toThrow(reason);
});
