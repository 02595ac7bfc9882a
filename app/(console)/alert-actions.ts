'use server';

import { z } from 'zod';
import { alertSettingsInput } from '@/components/alert/alert-settings-values';
import { saveAlertSettings } from '@/db/alert-settings';
import { readAlerts, readAllAlerts } from '@/db/alerts';
import { action } from '@/lib/action';
import { sendTest } from '@/lib/alerts/deliver';
import { deliveryWorld } from '@/lib/engine';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';

export const markAlertsRead = action(
  z.strictObject({ ids: z.union([z.literal('all'), z.array(z.int().positive().max(2_147_483_647)).max(100)]) }),
  async ({ ids }, { user, db }) =>
    ids === 'all' ? readAllAlerts(db, user.workspaceId, user.userId) : readAlerts(db, user.workspaceId, user.userId, ids),
  { role: 'viewer' },
);

export const saveAlerts = action(
  alertSettingsInput,
  async (input, { user, db, now }) => saveAlertSettings(db, user.workspaceId, input, env().encryptionKeys, now),
  { role: 'owner', revalidate: '/settings/alerts' },
);

/** To all that is saved. @returns how many took it, and what went wrong with the others, in words. */
export const testAlerts = action(
  z.strictObject({}),
  async (_, { user, db }) => {
    const outcome = await sendTest(deliveryWorld(db, env()), user.workspaceId, user.workspace.name);
    if (outcome.sent + outcome.faults.length === 0) throw new AppError('invalid', 'Save an address or a webhook first.');
    return outcome;
  },
  { role: 'owner' },
);
