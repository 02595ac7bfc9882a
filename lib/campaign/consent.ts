/**
 * What a consent property must hold for consent to be withdrawn: false, 0, or one of these words, in lower case, in capitals or with a
 * capital first letter. Anything else, and no property at all, withdraws nothing: whoever needs consent given says so in the segment.
 */
const words = [
  'false',
  'no',
  'n',
  '0',
  'off',
  'withdrawn',
  'revoked',
  'denied',
  'declined',
  'refused',
  'opted out',
  'opt-out',
  'unsubscribed',
];

const spellings = [...new Set(words.flatMap((word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]))];

const withdrawing: readonly unknown[] = [false, 0, ...spellings];

export const isWithdrawn = (value: unknown): boolean => withdrawing.includes(value);

/** The same as a JSON path over a profile's properties, which an index over them answers. */
export const withdrawnPath = (property: string): string =>
  `strict $.${JSON.stringify(property)} ? (${withdrawing.map((value) => `@ == ${JSON.stringify(value)}`).join(' || ')})`;
