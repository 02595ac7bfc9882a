import { z } from 'zod';

/** What the key forms hold and the actions parse. */
export const newKeyInput = z.strictObject({
  name: z.string().trim().min(1, 'Name the key, so that you know later what uses it.').max(60, 'At most 60 characters.'),
  role: z.enum(['owner', 'marketer', 'viewer'], { error: 'Choose what the key may do.' }),
});
