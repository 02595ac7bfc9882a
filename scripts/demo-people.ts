/** Who the demo shop's customers are. Everything is invented; e-mail domains are those reserved for examples. */

export type Random = () => number;

/** Mulberry32: the same seed makes the same shop on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

export function weighted<T extends { weight: number }>(random: Random, list: readonly T[]): T {
  let left = random() * list.reduce((sum, entry) => sum + entry.weight, 0);
  for (const entry of list) {
    left -= entry.weight;
    if (left < 0) return entry;
  }
  return list[list.length - 1] as T;
}

export const integer = (random: Random, from: number, to: number) => from + Math.floor(random() * (to - from + 1));

type Country = {
  weight: number;
  code: string;
  locale: string;
  cities: [city: string, state: string, postcode: string][];
  first: string[];
  last: string[];
  phone: (digits: (n: number) => string) => string;
};

const countries: Country[] = [
  {
    weight: 38,
    code: 'DE',
    locale: 'de-DE',
    cities: [
      ['Berlin', 'Berlin', '10115'],
      ['Hamburg', 'Hamburg', '20095'],
      ['München', 'Bayern', '80331'],
      ['Köln', 'Nordrhein-Westfalen', '50667'],
      ['Leipzig', 'Sachsen', '04109'],
    ],
    first: ['Anna', 'Lukas', 'Marie', 'Jonas', 'Lena', 'Felix', 'Sophie', 'Maximilian', 'Jürgen', 'Ayşe', 'Katharina', 'Moritz'],
    last: ['Müller', 'Schmidt', 'Schneider', 'Fischer', 'Weber', 'Meyer', 'Wagner', 'Becker', 'Yılmaz', 'Schröder'],
    phone: (d) => `0151 ${d(8)}`,
  },
  {
    weight: 12,
    code: 'GB',
    locale: 'en-GB',
    cities: [
      ['London', 'England', 'SW1A 1AA'],
      ['Manchester', 'England', 'M1 1AE'],
      ['Edinburgh', 'Scotland', 'EH1 1YZ'],
    ],
    first: ['Oliver', 'Amelia', 'George', 'Isla', 'Harry', 'Olivia', 'Noah', 'Freya'],
    last: ['Smith', "O'Brien", 'Taylor', 'Patel', 'Evans', 'Campbell', 'Wright'],
    phone: (d) => `07400 ${d(6)}`,
  },
  {
    weight: 14,
    code: 'US',
    locale: 'en-US',
    cities: [
      ['New York', 'New York', '10001'],
      ['San Francisco', 'CA', '94103'],
      ['Austin', 'Texas', '73301'],
      ['St. Louis', 'MO', '63101-2345'],
    ],
    first: ['Liam', 'Emma', 'Mason', 'Ava', 'Anne-Marie', 'Ethan', 'Mia', 'José'],
    last: ['Johnson', 'Williams', 'García Márquez', 'Brown', 'Davis', 'Miller', 'Nguyen'],
    phone: (d) => `(415) 555-${d(4)}`,
  },
  {
    weight: 12,
    code: 'FR',
    locale: 'fr-FR',
    cities: [
      ['Paris', 'Île-de-France', '75001'],
      ['Lyon', 'Auvergne-Rhône-Alpes', '69001'],
      ['Saint-Étienne', 'Auvergne-Rhône-Alpes', '42000'],
    ],
    first: ['Camille', 'Louis', 'Chloé', 'Hugo', 'Élodie', 'Valéry', 'Manon'],
    last: ['Martin', 'Bernard', 'Dubois', 'Lefèvre', 'Moreau', "D'Angelo"],
    phone: (d) => `06 12 ${d(2)} ${d(2)} ${d(2)}`,
  },
  {
    weight: 12,
    code: 'IN',
    locale: 'hi-IN',
    cities: [
      ['Mumbai', 'Maharashtra', '400001'],
      ['Bengaluru', 'Karnataka', '560001'],
      ['Pune', 'Maharashtra', '411001'],
    ],
    first: ['Aarav', 'Diya', 'Arjun', 'Ananya', 'Rohan', 'Priya', 'Kabir', 'Meera'],
    last: ['Sharma', 'Iyer', 'Khan', 'Reddy', 'Gupta', 'Nair'],
    phone: (d) => `98${d(3)} ${d(5)}`,
  },
  {
    weight: 7,
    code: 'AT',
    locale: 'de-AT',
    cities: [
      ['Wien', 'Wien', '1010'],
      ['Graz', 'Steiermark', '8010'],
    ],
    first: ['Valentina', 'Tobias', 'Lea', 'Florian'],
    last: ['Gruber', 'Huber', 'Bauer', 'Pichler'],
    phone: (d) => `0664 ${d(7)}`,
  },
  {
    weight: 5,
    code: 'NL',
    locale: 'nl-NL',
    cities: [
      ['Amsterdam', 'Noord-Holland', '1011 AB'],
      ['Utrecht', 'Utrecht', '3511 AA'],
    ],
    first: ['Daan', 'Sanne', 'Bram', 'Fleur'],
    last: ['de Vries', 'Jansen', 'van den Berg', 'Bakker'],
    phone: (d) => `06 1${d(7)}`,
  },
];

const plans = [
  { weight: 62, name: 'free' },
  { weight: 28, name: 'plus' },
  { weight: 10, name: 'pro' },
];
const platforms = [
  { weight: 34, name: 'Android', mobile: true },
  { weight: 30, name: 'iOS', mobile: true },
  { weight: 22, name: 'Windows', mobile: false },
  { weight: 14, name: 'macOS', mobile: false },
];
const badEmails = ['n/a', 'none', 'mail.example.com', 'two@@example.com', 'with space@example.com'];
const badPhones = ['000', '12345', 'unknown', '+49'];
const interests = ['shoes', 'outdoor', 'kitchen', 'books', 'music', 'garden', 'kids', 'sale'];

export type Person = { traits: Record<string, unknown>; context: Record<string, unknown>; paying: boolean };

const dayMs = 86_400_000;
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);

const ascii = (name: string) =>
  name
    .normalize('NFD')
    .replace(/ı/g, 'i')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();

/** @param signedUp ms @param now ms: the day renewal dates lie around. */
export function person(random: Random, index: number, signedUp: number, now: number): Person {
  const country = weighted(random, countries);
  const [city, state, postalCode] = pick(random, country.cities);
  const firstName = pick(random, country.first);
  const lastName = pick(random, country.last);
  const plan = weighted(random, plans).name;
  const platform = weighted(random, platforms);
  const digits = (n: number) => Array.from({ length: n }, () => integer(random, 0, 9)).join('');
  const traits: Record<string, unknown> = {
    firstName,
    lastName,
    plan,
    createdAt: new Date(signedUp).toISOString(),
    newsletter: random() < 0.55,
    loyaltyPoints: Math.floor(random() ** 3 * 5_000),
    interests: [...new Set([pick(random, interests), pick(random, interests)])],
  };
  const mail = `${ascii(firstName)}.${ascii(lastName)}${index}@${pick(random, ['example.com', 'example.org', 'example.net'])}`;
  const mailLuck = random();
  if (mailLuck < 0.03) traits.email = pick(random, badEmails);
  else if (mailLuck < 0.94) traits.email = random() < 0.2 ? ` ${mail.toUpperCase()} ` : mail;
  const phoneLuck = random();
  if (phoneLuck < 0.02) traits.phone = pick(random, badPhones);
  else if (phoneLuck < 0.66) traits.phone = country.phone(digits);
  if (random() < 0.8) traits.address = { city, state, postalCode, country: country.code };
  if (random() < 0.6) traits.birthday = dateOf(Date.UTC(integer(random, 1950, 2006), integer(random, 0, 11), integer(random, 1, 28)));
  if (random() < 0.7) traits.gender = pick(random, ['female', 'male', 'Female', 'm', 'other']);
  if (plan !== 'free') traits.renewsOn = dateOf(now + integer(random, -20, 340) * dayMs);
  const context: Record<string, unknown> = { locale: country.locale, os: { name: platform.name } };
  if (platform.mobile && random() < 0.6) {
    const hex = (n: number) => Array.from({ length: n }, () => integer(random, 0, 15).toString(16)).join('');
    context.device = { advertisingId: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`, adTrackingEnabled: true };
  }
  return { traits, context, paying: plan !== 'free' };
}
