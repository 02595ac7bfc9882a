'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { requireUser, workspaceCookie } from '@/lib/auth';
import { env } from '@/lib/env';

/** Only one of the user's own: currentUser() looks again at every request. */
export async function chooseWorkspace(id: number): Promise<void> {
  const user = await requireUser();
  const chosen = user.workspaces.find((workspace) => workspace.id === id);
  if (!chosen) return;
  const secure = env().origin.startsWith('https://');
  (await cookies()).set(workspaceCookie, String(chosen.id), { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: 365 * 86_400 });
  redirect('/campaigns');
}
