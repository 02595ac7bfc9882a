import type { ListIdentifier } from '@/lib/intake/list-csv';

/** How the screens name what a list holds. */
export const identifierWords: Record<ListIdentifier, { label: string; noun: string }> = {
  userId: { label: 'User ids', noun: 'user id' },
  email: { label: 'Emails', noun: 'email' },
  phone: { label: 'Phone numbers', noun: 'phone number' },
};
