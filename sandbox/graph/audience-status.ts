import type { Audience } from '../store/records';
import type { World } from '../store/world';

/** Words that make Facebook flag an audience when its name or description suggests health or financial status. */
const sensitive =
  /\b(diabet\w*|cancer|pregnan\w*|depress\w*|hiv|medical|disease|patients?|bankrupt\w*|debt|insolven\w*|low income|credit score|payday)\b/i;

export function flaggedFields(name: string, description: string): string[] {
  return [...(sensitive.test(name) ? ['name'] : []), ...(sensitive.test(description) ? ['description'] : [])];
}

/** Publishes the size once the matching time has passed since members last changed. */
export function settled(world: World, audience: Audience, now: number): Audience {
  if (audience.lookalike) return audience;
  if (audience.contentUpdatedAt === null || now < audience.contentUpdatedAt + world.settings.matchingMs) return audience;
  const matched = world.membersOf(audience).matched(world.settings.matchRate);
  return matched === audience.knownMatched ? audience : world.audiences.put({ ...audience, knownMatched: matched });
}

/** Facebook never tells a small size: below 1,000 both ends say 1,000. Above, two digits and a margin. */
export function sizeBand(matched: number): { lower: number; upper: number } {
  if (matched < 1_000) return { lower: 1_000, upper: 1_000 };
  const step = 10 ** (Math.floor(Math.log10(matched)) - 1);
  const lower = Math.floor((matched * 0.92) / step) * step;
  return {
    lower: Math.max(1_000, lower),
    upper: Math.ceil((matched * 1.08) / step) * step,
  };
}

/** A lookalike is filled within hours; here within the matching time. */
export const isFilled = (world: World, audience: Audience, now: number): boolean => now >= audience.createdAt + world.settings.matchingMs;

interface Status {
  code: number;
  description: string;
}

const operationText: Record<number, string> = {
  100: 'Expiring: this audience has not been used for two years and will be deleted.',
  200: 'Normal.',
  410: 'No file has been uploaded yet.',
  411: 'Low match rate.',
  412: 'Many entries of the last upload were invalid.',
  414: 'The audience is being replaced.',
  415: 'Replacing the audience failed.',
  432: 'The lookalike audience could not be built.',
  433: 'The lookalike audience could not be built.',
  441: "We're finding people who fit your audience. You can start running ads with it now, but your audience size will increase as it fills.",
  470: 'The account of the person who made this audience is no longer active.',
  471: 'Flagged: the audience may contain information that is not allowed under our terms.',
  500: 'Error.',
};

export function operationStatus(world: World, audience: Audience, now: number): Status {
  const code = operationCode(world, audience, now);
  return { code, description: operationText[code] ?? 'Not available' };
}

function operationCode(world: World, audience: Audience, now: number): number {
  if (audience.forcedStatus !== null) return audience.forcedStatus;
  if (audience.flagged.length > 0) return 471;
  if (audience.expiresAt !== null) return 100;
  if (audience.replace) return 414;
  if (audience.replaceFailed) return 415;
  if (audience.lookalike) return isFilled(world, audience, now) ? 200 : 441;
  if (audience.contentUpdatedAt === null) return 410;
  if (audience.lastInvalidShare > 0.1) return 412;
  if (now < audience.contentUpdatedAt + world.settings.matchingMs) return 441;
  const members = world.membersOf(audience).count;
  return members >= 100 && audience.knownMatched < members * 0.1 ? 411 : 200;
}

export function deliveryStatus(audience: Audience, filled = true): Status {
  if (audience.flagged.length > 0)
    return {
      code: 400,
      description: 'This audience cannot be used: it was flagged.',
    };
  if (audience.lookalike)
    return filled
      ? { code: 200, description: 'This audience is ready for use.' }
      : { code: 300, description: 'This audience is being filled.' };
  if (audience.knownMatched < 100) return { code: 300, description: 'This audience is too small to be used.' };
  return { code: 200, description: 'This audience is ready for use.' };
}
