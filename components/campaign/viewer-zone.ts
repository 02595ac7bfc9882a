'use client';

import { useSyncExternalStore } from 'react';
import { modernZone } from './zones';

const never = () => () => {};
let known: string | undefined;

function browserZone(): string {
  known ??= modernZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
  return known;
}

/** The viewer's IANA zone; null while the server renders, which cannot know it. */
export function useViewerZone(): string | null {
  return useSyncExternalStore(never, browserZone, () => null);
}
