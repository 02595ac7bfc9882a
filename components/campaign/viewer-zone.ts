'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => {};
let known: string | undefined;

function browserZone(): string {
  known ??= Intl.DateTimeFormat().resolvedOptions().timeZone;
  return known;
}

/** The viewer's IANA zone; null while the server renders, which cannot know it. */
export function useViewerZone(): string | null {
  return useSyncExternalStore(never, browserZone, () => null);
}

/** Every IANA zone the browser knows, with UTC first. */
export function allZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}
