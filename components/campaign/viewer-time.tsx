'use client';

import { useViewerZone } from './viewer-zone';
import { dayAndTime, wallTime } from './zoned-text';

/** The instant for the viewer, where their clock reads otherwise than the campaign's. */
export function ViewerTime({ at, zone }: { at: Date; zone: string }) {
  const mine = useViewerZone();
  if (!mine || wallTime(at, mine) === wallTime(at, zone)) return null;
  return <span className="block">{dayAndTime(at, mine)} for you</span>;
}
