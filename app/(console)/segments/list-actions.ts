'use server';

import { z } from 'zod';
import { renameList } from '@/db/segments';
import { action } from '@/lib/action';
import { listIdentifiers, previewList } from '@/lib/intake/list-csv';

/** Reads the first rows of a file as an upload would; nothing is stored. */
export const preview = action(
  z.strictObject({
    head: z.string().max(200_000),
    place: z.number().int().optional(),
    identifier: z.enum(listIdentifiers).optional(),
    header: z.boolean().optional(),
  }),
  async ({ head, ...choice }, { user }) => previewList(head, choice, user.workspace.defaultCountry),
);

export const rename = action(
  z.strictObject({ key: z.string(), name: z.string().trim().min(1, 'Name the list.').max(120, 'At most 120 characters.') }),
  async ({ key, name }, { user, db, now }) => renameList(db, user.workspaceId, key, name, now),
  { revalidate: '/segments' },
);
