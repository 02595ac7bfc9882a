'use server';

import { z } from 'zod';
import * as commands from '@/db/run-commands';
import { action } from '@/lib/action';
import { nudge } from '@/lib/ticker';

const byRun = z.strictObject({ runId: z.int() });

const given = (command: typeof commands.cancelRun) =>
  action(
    byRun,
    async ({ runId }, { user, db, now }) => {
      await command(db, user.workspaceId, runId, now);
      nudge();
    },
    { revalidate: '/campaigns' },
  );

export const releaseRun = given(commands.releaseHeldRun);
export const cancelRun = given(commands.cancelRun);
export const retryRun = given(commands.retryRun);
