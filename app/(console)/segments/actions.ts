'use server';

import { z } from 'zod';
import { funnel, reach } from '@/db/reach';
import { deleteSegment, sampleMembers, saveSegment, segmentKeySchema } from '@/db/segments';
import { action } from '@/lib/action';
import { parseDefinition } from '@/lib/segment/definition';
import { describeCondition } from '@/lib/segment/describe';

const revalidate = '/segments';
const asked = z.strictObject({ definition: z.unknown() });

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

export const estimate = action(
  asked,
  async ({ definition }, { user, db, now }) => reach(db, user.workspaceId, parseDefinition(definition), now, now),
  { role: 'viewer' },
);

/** How many remain after each condition, and some who qualify. */
export const look = action(
  asked,
  async ({ definition }, { user, db, now }) => {
    const parsed = parseDefinition(definition);
    const { steps } = await funnel(db, user.workspaceId, parsed, now, now);
    const members = await sampleMembers(db, user.workspaceId, parsed, now);
    return { steps: steps.map((step) => ({ text: describeCondition(step.condition), remaining: step.remaining })), members };
  },
  { role: 'viewer' },
);
