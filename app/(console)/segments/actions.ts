'use server';

import { z } from 'zod';
import { deleteSegment, saveSegment, segmentKeySchema } from '@/db/segments';
import { action } from '@/lib/action';
import { parseDefinition } from '@/lib/segment/definition';

const revalidate = '/segments';

export const save = action(
  z.strictObject({
    key: segmentKeySchema,
    name: z.string().trim().min(1, 'Name the segment.').max(120, 'At most 120 characters.'),
    definition: z.unknown(),
  }),
  async ({ key, name, definition }, { user, db, now }) =>
    saveSegment(db, user.workspaceId, { key, name, definition: parseDefinition(definition) }, user.userId, now),
  { revalidate },
);

export const remove = action(
  z.strictObject({ key: z.string() }),
  async ({ key }, { user, db, now }) => deleteSegment(db, user.workspaceId, key, now),
  { revalidate },
);
