'use server';

import { z } from 'zod';
import { newKeyInput } from '@/components/campaign/key-input';
import { exclusionsInput, saveExclusions } from '@/db/exclusions';
import { createKey, revokeKey } from '@/db/keys';
import { updateWorkspace, workspaceInput } from '@/db/workspaces';
import { action } from '@/lib/action';
import { nudge } from '@/lib/ticker';

/** @returns the secret: shown once, kept nowhere. */
export const createApiKey = action(
  newKeyInput,
  async ({ name, role }, { user, db, now }) => createKey(db.orm, user.workspaceId, { kind: 'api', name, role }, now),
  { role: 'owner', revalidate: '/settings/keys' },
);

/** A write key only lets data in, whatever role is asked for. @returns the secret: shown once, kept nowhere. */
export const createWriteKey = action(
  newKeyInput,
  async ({ name }, { user, db, now }) => createKey(db.orm, user.workspaceId, { kind: 'write', name, role: 'marketer' }, now),
  { role: 'owner', revalidate: '/sources' },
);

export const revoke = action(
  z.strictObject({ id: z.uuid() }),
  async ({ id }, { user, db, now }) => revokeKey(db, user.workspaceId, id, now),
  {
    role: 'owner',
    revalidate: '/',
  },
);

export const saveWorkspace = action(workspaceInput, async (input, { user, db }) => updateWorkspace(db, user.workspaceId, input), {
  role: 'owner',
  revalidate: '/',
});

export const saveWhoIsExcluded = action(
  exclusionsInput,
  async (input, { user, db, now }) => {
    await saveExclusions(db, user.workspaceId, input, now);
    nudge();
  },
  { role: 'owner', revalidate: '/settings/exclusions' },
);
