import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { RunFigures } from './run-figures';
import type { RunView } from './run-view';

const at = new Date('2026-12-01T03:30:00Z');
const run = {
  occurrenceAt: at,
  trigger: 'schedule',
  purpose: 'sync',
  state: 'confirmed',
  qualified: null,
  unreachable: null,
  createdAt: new Date('2026-12-03T03:30:00Z'),
  frozenAt: null,
  finishedAt: new Date('2026-12-03T03:30:02Z'),
} as RunView;

const wordsOf = (view: RunView) => renderToStaticMarkup(<RunFigures run={view} zone="UTC" />).replace(/<[^>]+>/g, ' ');

test('a run that was passed over began nothing, and took no time', () => {
  expect(wordsOf(run)).toMatch(/Started +03:30:00 +2 days late .* took 2 seconds/);
  for (const state of ['skipped', 'collapsed'] as const) {
    const words = wordsOf({ ...run, state });
    expect(words).not.toMatch(/Started|late|took|Finished/);
    expect(words).toMatch(/Recorded +Thu 3 Dec 2026, 03:30/);
  }
});
