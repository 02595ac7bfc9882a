import { expect, it } from 'vitest';
import type { RunState } from '@/db/schema';
import { backoffMs, limitWaitMs, mostAttempts } from './backoff';
import { decide } from './failure';
import { openStates, screenState, transitions } from './run-state';

const facts = { attempts: 0, waitMs: null, sending: true, random: 0.5 };

it('never leaves a final state, and leads every open one to an end', () => {
  const reach = (state: RunState, seen = new Set<RunState>()): Set<RunState> => {
    if (seen.has(state)) return seen;
    seen.add(state);
    for (const next of transitions[state]) reach(next, seen);
    return seen;
  };
  for (const open of [...openStates, 'held'] as const) expect(reach(open)).toContain('confirmed');
  for (const final of ['confirmed', 'failed', 'cancelled', 'skipped', 'collapsed'] as const) expect(transitions[final]).toEqual([]);
});

it('calls a run with a refused or deferred row partial, never succeeded; a live one that waits for nothing but people live', () => {
  const waitUntil = new Date();
  const facts = { live: false, waitUntil: null, waitReason: null, invalid: 0, deferred: 0 };
  expect(screenState({ ...facts, state: 'confirmed' })).toBe('succeeded');
  expect(screenState({ ...facts, state: 'confirmed', invalid: 1 })).toBe('partial');
  expect(screenState({ ...facts, state: 'confirmed', deferred: 1 })).toBe('partial');
  expect(screenState({ ...facts, state: 'frozen', waitUntil })).toBe('waiting');
  expect(screenState({ ...facts, state: 'frozen', waitUntil, live: true })).toBe('live');
  expect(screenState({ ...facts, state: 'frozen', waitUntil, waitReason: 'Facebook asks for a pause.', live: true })).toBe('waiting');
});

it('backs off further each time, with full jitter, to a ceiling', () => {
  expect([1, 2, 3].map((n) => backoffMs(n, 1))).toEqual([4000, 8000, 16_000]);
  expect(backoffMs(3, 0)).toBe(0);
  expect(backoffMs(30, 1)).toBe(600_000);
});

it('waits as long as Facebook says, and by its own judgement where it says nothing', () => {
  expect(limitWaitMs(300_000, 0, 0)).toBe(300_000);
  expect(limitWaitMs(null, 0, 0)).toBe(60_000);
  expect(limitWaitMs(null, 20, 0)).toBe(3_600_000);
  // A block that each call lengthens is left alone longer and longer, whatever Facebook names.
  expect([1, 2, 5].map((attempts) => limitWaitMs(60_000, attempts, 0))).toEqual([60_000, 240_000, 1_920_000]);
});

it('fails a passing trouble that does not pass, and never a limit', () => {
  expect(decide('retry', { ...facts, attempts: mostAttempts - 1 })).toEqual({ kind: 'fail' });
  expect(decide('wait', { ...facts, attempts: mostAttempts - 1 }).kind).toBe('wait');
});

it('halves and defers only while a batch is in hand', () => {
  expect(decide('split', facts).kind).toBe('split');
  expect(decide('split', { ...facts, sending: false }).kind).toBe('fail');
  expect(decide('too_small', facts).kind).toBe('defer');
});
