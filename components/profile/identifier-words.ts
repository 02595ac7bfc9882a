import type { Identifier } from '@/lib/identity/identifiers';

/** How identifiers are said on screens. */
export const identifierWords: Record<Identifier, string> = {
  email: 'email',
  phone: 'phone',
  mobileAdvertiserId: 'mobile advertiser id',
  firstName: 'first name',
  lastName: 'last name',
  firstInitial: 'first initial',
  gender: 'gender',
  birthYear: 'birth year',
  birthMonth: 'birth month',
  birthDay: 'birth day',
  city: 'city',
  state: 'state',
  zip: 'postal code',
  country: 'country',
};
