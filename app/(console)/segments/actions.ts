'use server';

import { z } from 'zod';
import { impactOf, refuseUnconfirmed } from '@/db/segment-changes';
import { deleteSegment, saveSegment, segmentKeySchema } from '@/db/segments';
import { action } from '@/lib/action';
import { parseDefinition } from '@/lib/segment/definition';

const revalidate = '/segments';

export const save = action(
  z.strictObject({
    key: segmentKeySchema,
    name: z.string().trim().min(1, 'Name the segment.').max(120, 'At most 120 characters.'),
    definition: z.unknown(),
    /** That no other segment is meant. */
    isNew: z.boolean().default(false),
    /** That the campaigns which follow it are known. */
    confirmed: z.boolean().default(false),
  }),
  async ({ key, name, definition, isNew, confirmed }, { user, db, now }) => {
    const segment = { key, name, definition: parseDefinition(definition), mustBeNew: isNew };
    if (!isNew && !confirmed) await refuseUnconfirmed(db, user.workspaceId, segment);
    return saveSegment(db, user.workspaceId, segment, user.userId, now);
  },
  { revalidate },
);

/** Whom a change would reach, and what it would do to the size. */
export const impact = action(z.strictObject({ key: z.string(), definition: z.unknown() }), async ({ key, definition }, { user, db, now }) =>
  impactOf(db, user.workspaceId, { key, definition: parseDefinition(definition) }, now),
);

export const remove = action(
  z.strictObject({ key: z.string() }),
  async ({ key }, { user, db, now }) => deleteSegment(db, user.workspaceId, key, now),
  { revalidate },
);
