import { expect, test } from 'vitest';
import { WriteQueue } from './queue';

type Held = { key: string; items: number[]; finish: (error?: Error) => void };

function heldQueue(options: { largestWrite?: number; mostWaiting?: number; lanes?: number } = {}) {
  const writes: Held[] = [];
  const queue = new WriteQueue<string, number>({
    largestWrite: 5,
    mostWaiting: 12,
    lanes: 1,
    ...options,
    write: (key, items) =>
      new Promise<void>((resolve, reject) => writes.push({ key, items, finish: (error) => (error ? reject(error) : resolve()) })),
  });
  return { queue, writes };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test('a request at rest is written at once, those that come meanwhile share the next write', async () => {
  const { queue, writes } = heldQueue();
  const done: string[] = [];
  const pushes = [[1], [2, 3], [4, 5], [6, 7]].map((items, i) => queue.push([{ key: 'w', items }]).then(() => done.push(`r${i}`)));
  expect(writes.map((write) => write.items)).toEqual([[1]]);
  writes[0]?.finish();
  await soon();
  expect(done).toEqual(['r0']);
  expect(writes[1]?.items).toEqual([2, 3, 4, 5]);
  writes[1]?.finish();
  await soon();
  writes[2]?.finish();
  await Promise.all(pushes);
  expect(done).toEqual(['r0', 'r1', 'r2', 'r3']);
});

test('workspaces never share a write, and none waits behind another for ever', async () => {
  const { queue, writes } = heldQueue();
  const pushes = [
    queue.push([{ key: 'a', items: [1] }]),
    queue.push([{ key: 'b', items: [2] }]),
    queue.push([{ key: 'a', items: [3] }]),
    queue.push([{ key: 'b', items: [4] }]),
  ];
  for (let i = 0; i < 3; i++) {
    writes[i]?.finish();
    await soon();
  }
  await Promise.all(pushes);
  expect(writes.map((write) => [write.key, ...write.items])).toEqual([
    ['a', 1],
    ['b', 2, 4],
    ['a', 3],
  ]);
});

test('a poison request fails alone', async () => {
  const written: number[][] = [];
  const queue = new WriteQueue<string, number>({
    largestWrite: 100,
    mostWaiting: 100,
    lanes: 1,
    write: async (_, items) => {
      await soon();
      if (items.includes(13)) throw new Error('poison');
      written.push(items);
    },
  });
  const results = await Promise.allSettled([[1], [2], [13], [4]].map((items) => queue.push([{ key: 'w', items }])));
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(written.flat().sort()).toEqual([1, 2, 4]);
});

test('beyond its bound it refuses rather than grows, but takes one request of any size', async () => {
  const { queue, writes } = heldQueue();
  const first = queue.push([{ key: 'w', items: [1] }]);
  const large = queue.push([{ key: 'w', items: Array.from({ length: 12 }, (_, i) => i) }]);
  await expect(queue.push([{ key: 'w', items: [2] }])).rejects.toMatchObject({ code: 'busy' });
  writes[0]?.finish();
  await soon();
  writes[1]?.finish();
  await Promise.all([first, large]);
});

test('keys are written side by side, one key never twice at once, and a request in parts waits for all of them', async () => {
  const { queue, writes } = heldQueue({ lanes: 2 });
  let done = false;
  const first = queue
    .push([
      { key: 'a', items: [1] },
      { key: 'b', items: [2] },
    ])
    .then(() => {
      done = true;
    });
  const second = queue.push([{ key: 'a', items: [3] }]);
  expect(writes.map((write) => write.key)).toEqual(['a', 'b']);
  writes[0]?.finish();
  await soon();
  expect([done, writes.length]).toEqual([false, 3]);
  writes[1]?.finish();
  await soon();
  expect(done).toBe(true);
  writes[2]?.finish();
  await Promise.all([first, second]);
});
