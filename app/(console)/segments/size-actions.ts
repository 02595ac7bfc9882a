'use server';

import { z } from 'zod';
import { recordSize } from '@/db/segment-sizes';
import { action } from '@/lib/action';

/** Counts the segment and records it as the size of today. */
export const countNow = action(
  z.strictObject({ key: z.string() }),
  async ({ key }, { user, db, now }) => recordSize(db, user.workspaceId, key, now),
  { role: 'viewer' },
);
