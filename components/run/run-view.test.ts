import { expect, test } from 'vitest';
import { isMoving, lateByMs, occasionOf, progressOf, type RunView, stagesOf } from './run-view';

const at = new Date('2026-12-01T03:30:00Z');
const queued: RunView = {
  id: 1,
  occurrenceAt: at,
  trigger: 'schedule',
  purpose: 'sync',
  sendBy: 'difference',
  live: false,
  state: 'queued',
  screenState: 'queued',
  waitUntil: null,
  waitReason: null,
  qualified: null,
  excluded: null,
  control: null,
  overCap: null,
  unreachable: null,
  holdReason: null,
  mended: null,
  toAdd: null,
  toRemove: null,
  added: 0,
  removed: 0,
  received: 0,
  invalid: 0,
  deferred: 0,
  errorCode: null,
  errorMessage: null,
  errorTrace: null,
  createdAt: at,
  frozenAt: null,
  sentAt: null,
  finishedAt: null,
};
const frozen: RunView = { ...queued, state: 'frozen', qualified: 900, toAdd: 300, toRemove: 100, frozenAt: at };

test('progress only grows as a run goes through its states, and ends at a hundred', () => {
  const walk: RunView[] = [
    queued,
    { ...queued, state: 'audience_ready' },
    frozen,
    { ...frozen, removed: 100 },
    { ...frozen, removed: 100, added: 300 },
    { ...frozen, state: 'sent', removed: 100, added: 300, sentAt: at },
    { ...frozen, state: 'confirmed', removed: 100, added: 300, sentAt: at, finishedAt: at },
  ];
  const shares = walk.map(progressOf);
  expect(shares).toEqual([2, 10, 20, 39, 95, 95, 100]);
  expect(walk.map((run) => isMoving(run.state))).toEqual([true, true, true, true, true, true, false]);
});

test('a run with nothing to send is nearly done once that is known', () => {
  expect(progressOf({ ...frozen, toAdd: 0, toRemove: 0 })).toBe(95);
});

test('names the stage that is being worked on', () => {
  const current = (run: RunView) => stagesOf(run, { number: String }).find((stage) => stage.state === 'current')?.title;
  expect([queued, frozen, { ...frozen, state: 'sent' as const, sentAt: at }].map(current)).toEqual(['Resolved', 'Sent', 'Confirmed']);
  expect(stagesOf({ ...frozen, added: 7 }, { number: String })[2]?.detail).toBe('7 of 400 rows');
});

test('is late only when more than a minute passed, and never when run by hand', () => {
  const begun = (ms: number, trigger: RunView['trigger'] = 'schedule') =>
    lateByMs({ ...frozen, trigger, frozenAt: new Date(at.getTime() + ms) });
  expect([begun(59_000), begun(90_000), begun(90_000, 'manual')]).toEqual([null, 90_000, null]);
});

test('a held run has compared and sent nothing', () => {
  const held: RunView = { ...queued, state: 'held', qualified: 900, toAdd: 3, toRemove: 600 };
  expect(stagesOf(held, { number: String }).map((stage) => [stage.detail, stage.state])).toEqual([
    ['900 qualify', 'done'],
    ['+3 −600', 'done'],
    ['Held', 'current'],
    ['Size and ad sets', 'ahead'],
  ]);
});

test('says why there is a run: what it is for, and only of an ordinary one when it is', () => {
  expect(occasionOf({ ...queued, trigger: 'catch_up' })).toBe('Caught up');
  expect(occasionOf({ ...queued, purpose: 'undo', trigger: 'manual' })).toBe('Takes the last run back');
  expect(occasionOf({ ...queued, purpose: 'withdraw' })).toBe('Takes out who withdrew consent');
});
