'use server';

import { redirect } from 'next/navigation';
import { database } from '@/db/open';
import { searchProfiles } from '@/db/profiles';
import { requireUser } from '@/lib/auth';

/** What looks like an email or phone is looked up here and leads straight to the profile: it must not stand in an address. */
export async function find(form: FormData): Promise<void> {
  const user = await requireUser();
  const text = String(form.get('text') ?? '').trim();
  if (!/[@+]|^[\d\s()-]{7,}$/.test(text)) redirect(text ? `/profiles?id=${encodeURIComponent(text)}` : '/profiles');
  const [found] = await searchProfiles(database(), user.workspaceId, text);
  redirect(found ? `/profiles/${found.profileId}` : '/profiles?missed=1');
}
