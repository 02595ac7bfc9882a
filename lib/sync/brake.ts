/** A smaller audience changes by half every day: that is no sign of anything. */
const leastMembers = 1_000;

export type Change = { members: number; joining: number; leaving: number };

/**
 * Why a run is held until a person has looked at it: it would change the size by more than the share, or leave nobody. Null: it goes on.
 * Pure. @param percent null: never.
 * @param live people come and go by themselves: a small audience that empties in a quiet hour is no sign of anything.
 */
export function holdReason({ members, joining, leaving }: Change, percent: number | null, live: boolean): string | null {
  if (percent === null || members < (live ? leastMembers : 1)) return null;
  const after = Math.max(0, members + joining - leaving);
  const from = `from ${number(members)} to ${number(after)} ${after === 1 ? 'member' : 'members'}`;
  if (after === 0) return `It would empty the audience, ${from}.`;
  if (members < leastMembers || Math.abs(after - members) <= (members * percent) / 100) return null;
  return `It would ${after < members ? 'shrink' : 'grow'} the audience by more than ${percent} %, ${from}.`;
}

const number = (value: number) => value.toLocaleString('en');
