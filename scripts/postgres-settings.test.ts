import { expect, test } from 'vitest';
import { postgresSettings } from './postgres-settings';

const GB = 2 ** 30;
const memoryOf = (bytes: number, durable = true) => {
  const { shared_buffers, effective_cache_size, maintenance_work_mem } = postgresSettings(5432, durable, bytes);
  return [shared_buffers, effective_cache_size, maintenance_work_mem];
};

test('the server takes a quarter of the memory, within what is needed and what pays', () => {
  expect(memoryOf(GB / 4)).toEqual(['128MB', '256MB', '32MB']);
  expect(memoryOf(2 * GB)).toEqual(['512MB', '1024MB', '43MB']);
  expect(memoryOf(64 * GB)).toEqual(['4096MB', '32768MB', '512MB']);
});

test('a throw-away server stays small, whatever the machine', () => {
  expect(memoryOf(64 * GB, false)[0]).toBe('256MB');
});
