import { expect, it } from 'vitest';
import { isWithdrawn, withdrawnPath } from './consent';

it('takes only plain words of refusal for a withdrawal', () => {
  for (const value of [false, 0, 'no', 'No', 'NO', 'withdrawn', 'Opted out', '0']) expect(isWithdrawn(value)).toBe(true);
  for (const value of [true, 1, 'yes', '', null, undefined, 'nobody', ['no'], { no: true }]) expect(isWithdrawn(value)).toBe(false);
});

it('writes a property with any name into the path', () => {
  expect(withdrawnPath('ads "consent"')).toMatch(/^strict \$\."ads \\"consent\\"" \? \(@ == false \|\| @ == 0 \|\| @ == "false"/);
});
