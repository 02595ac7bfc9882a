'use server';

import { z } from 'zod';
import { tokenInput } from '@/components/campaign/campaign-input';
import { action } from '@/lib/action';
import { env } from '@/lib/env';
import { adAccounts, adSets, audiences } from '@/lib/facebook/ads';
import { graphFor } from '@/lib/facebook/graph-for';
import { saveToken } from '@/lib/facebook/save-token';
import { graphWorld } from './graph-world';

/** What the WHERE step asks Facebook for while a person chooses. */

const connectionId = z.uuid();
const accountId = z.string().regex(/^act_\d+$/);
const page = z.strictObject({ connectionId, accountId, search: z.string().max(200).optional(), after: z.string().max(2_000).optional() });

export const loadAdAccounts = action(z.strictObject({ connectionId }), async (input, { user, db }) =>
  adAccounts(await graphFor(graphWorld(db), user.workspaceId, input.connectionId)),
);

export const searchAdSets = action(page, async ({ connectionId: id, accountId: account, ...query }, { user, db }) =>
  adSets(await graphFor(graphWorld(db), user.workspaceId, id), account, query),
);

export const searchAudiences = action(page, async ({ connectionId: id, accountId: account, ...query }, { user, db }) =>
  audiences(await graphFor(graphWorld(db), user.workspaceId, id), account, query),
);

/** Keeps a pasted token, sealed. @returns the connection's id. */
export const connectToken = action(
  tokenInput,
  async ({ token }, { user, db, now }) => {
    const { facebook, encryptionKeys } = env();
    const saved = await saveToken(db, facebook, user.workspaceId, token, { userId: user.userId, keys: encryptionKeys }, now);
    return { id: saved.id, name: saved.health.name };
  },
  { role: 'owner', revalidate: '/' },
);
