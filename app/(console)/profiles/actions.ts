'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { eraseProfile } from '@/db/erasures';
import { database } from '@/db/open';
import { searchProfiles } from '@/db/profiles';
import { action } from '@/lib/action';
import { requireUser } from '@/lib/auth';
import { nudge } from '@/lib/ticker';

/** What looks like an email or phone is looked up here and leads straight to the profile: it must not stand in an address. */
export async function find(form: FormData): Promise<void> {
  const user = await requireUser();
  const text = String(form.get('text') ?? '').trim();
  if (!/[@+]|^[\d\s()-]{7,}$/.test(text)) redirect(text ? `/profiles?id=${encodeURIComponent(text)}` : '/profiles');
  const [found] = await searchProfiles(database(), user.workspaceId, text);
  redirect(found ? `/profiles/${found.profileId}` : '/profiles?missed=1');
}

/** @returns the receipt's id. */
export const erase = action(
  z.strictObject({ profileId: z.string().regex(/^\d{1,18}$/) }),
  async ({ profileId }, { user, db, now }) => {
    const receiptId = await eraseProfile(db, user.workspaceId, profileId, user.userId, now);
    nudge();
    return { receiptId };
  },
  { role: 'owner', revalidate: '/profiles' },
);
