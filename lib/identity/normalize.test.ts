import { describe, expect, test } from 'vitest';
import { birthParts } from './birthday';
import { digest, fingerprint } from './hash';
import type { Identifier } from './identifiers';
import { normalize } from './normalize';

const at = (country: string | null) => ({ country, year: 2026 });

type Example = [Identifier, string | number, string | null, string, string];

/** Worked examples; the first and the third digest are Facebook's own. */
const examples: Example[] = [
  ['email', '  Mary@Example.COM ', null, 'mary@example.com', 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79'],
  [
    'email',
    'John.Doe+promo@Gmail.com',
    null,
    'john.doe+promo@gmail.com',
    '80f9126efd0446cb338c54ea6fe3d4af8fa3fe93db0024b14150441550e632a2',
  ],
  ['phone', '+1 (555) 987-6543', null, '15559876543', '1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e'],
  ['phone', '0044 20 7123 4567', null, '442071234567', '7832ae034a3179d5f2260e4bec5b6b1756ade7bf4ced1f6fc7a8040529fd9e57'],
  ['phone', '07700 900123', 'GB', '447700900123', '033134b911b137918338415ee3d20a064b24773d36a3b02e8b99fdd3fcd6b4cd'],
  ['phone', '+49 (0)30 901820', null, '4930901820', 'c03f76216358b07b09a300613908002987efc1ae9a2ef2a85d57d5a971bf821a'],
  ['phone', '98765 43210', 'IN', '919876543210', '92b5072176e723878b5e06ff3ca61898e4eb74e8c46642a0f2db800b17364ab0'],
  ['gender', 'Female', null, 'f', '252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111'],
  ['gender', 'MALE', null, 'm', '62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a'],
  ['birthYear', '1990', null, '1990', 'a7be8e1fe282a37cd666e0632b17d933fa13f21addf4798fc0455bc166e2488c'],
  ['birthMonth', '1', null, '01', '938db8c9f82c8cb58d3f3ef4fd250036a48d26a712753d2fde5abd03a85cabf4'],
  ['birthMonth', 'January', null, '01', '938db8c9f82c8cb58d3f3ef4fd250036a48d26a712753d2fde5abd03a85cabf4'],
  ['birthMonth', '12', null, '12', '6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918'],
  ['birthDay', '7', null, '07', '19b100ab7725c612f3d80ff203ca53cea5cadaafae3bf0f88f0fb4089fe08815'],
  ['birthDay', '31', null, '31', 'eb1e33e8a81b697b75855af6bfcdbcbf7cbbde9f94962ceaec1ed8af21f5a50f'],
  ['firstName', ' Mary ', null, 'mary', '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
  ['firstName', 'Anne-Marie', null, 'annemarie', '67495eb5715de43c26f7c18b25cc7f62a7540236516bd59d5162a6f743598083'],
  ['firstName', 'Vale\u0301ry', null, 'val\u00e9ry', '08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c'],
  ['firstName', '정', null, '정', '8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14'],
  ['lastName', "O'Brien", null, 'obrien', 'b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba'],
  ['lastName', 'García Márquez', null, 'garcía márquez', '036e1ce1018d8d118f3233156f651ac0e844371425539e1542a5466cb116a7e8'],
  ['firstInitial', 'Mary', null, 'm', '62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a'],
  ['city', 'New York', null, 'newyork', '350c754ba4d38897693aa077ef43072a859d23f613443133fecbbd90a3512ca5'],
  ['city', 'St. Louis', null, 'stlouis', '8ba24bdf99947996f3000259be455de791b06fcc0e802ce05031030df1ee8ea3'],
  ['city', 'São Paulo', null, 'saopaulo', '8f7f2f7ccd3f2898cf4850905346e8fb333d00aac1c974f8f37326e068cf7b1e'],
  ['state', 'California', null, 'ca', '6959097001d10501ac7d54c0bdb8db61420f658f2922cc26e46d536119a31126'],
  ['state', 'CA', null, 'ca', '6959097001d10501ac7d54c0bdb8db61420f658f2922cc26e46d536119a31126'],
  ['state', 'British Columbia', null, 'britishcolumbia', 'b41ee663617b95c2d688535379f3f0eea69208543d3f6390f942efe9bc358f0b'],
  ['zip', '94025-1234', 'US', '94025', 'b9a9cf3cd3723a2e91b7c23ecf68456e872b6e5d86e5cab7f3d45a7302da32c7'],
  ['zip', 'SW1A 1AA', 'GB', 'sw1a1aa', '830e1d4b9838bab1f5c2acdb23e0b502ff13a9832c4632e8d67a1d43d3b7f614'],
  ['zip', '1011 AB', 'NL', '1011ab', '896f9a542574de6bdf3fa5db35d29b99a71739afdc66ec8b9bb26dd83f19d95f'],
  ['country', 'US', null, 'us', '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621'],
  ['country', 'GB', null, 'gb', '0b407281768f0e833afef47ed464b6571d01ca4d53c12ce5c51d1462f4ad6677'],
  ['country', 'IN', null, 'in', '582967534d0f909d196b97f9e6921342777aea87b46fa52df165389db1fb8ccf'],
];

describe('the published examples', () => {
  test.each(examples)('%s %j (%s) becomes %j and its digest', (identifier, raw, country, normalized, hex) => {
    expect(normalize(identifier, raw, at(country))).toBe(normalized);
    expect(digest(identifier, normalized)).toBe(hex);
  });

  test('the mobile advertiser id is lower-cased and stays plain', () => {
    const id = normalize('mobileAdvertiserId', 'AECE52E7-03EE-455A-B3C4-E57283966239', at(null));
    expect(id).toBe('aece52e7-03ee-455a-b3c4-e57283966239');
    expect(digest('mobileAdvertiserId', id ?? '')).toBe(id);
  });
});

describe('what has no normal form is null', () => {
  const bad: [Identifier, unknown, string | null][] = [
    ['email', '', null],
    ['email', 'mary', null],
    ['email', '@example.com', null],
    ['email', 'mary@localhost', null],
    ['email', 'mary@@example.com', null],
    ['email', 'mary@example..com', null],
    ['email', 'mary@example.com.', null],
    ['email', 'mary doe@example.com', null],
    ['email', 'Mary <mary@example.com>', null],
    ['email', 'a@example.com,b@example.com', null],
    ['email', { a: 1 }, null],
    ['email', 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79', null],
    ['phone', '4155551234', null],
    ['phone', '12345', 'US'],
    ['phone', 'call me', 'US'],
    ['phone', '000000000000', 'DE'],
    ['phone', '+1 000 000 0000', null],
    ['phone', '+', 'US'],
    ['phone', true, 'US'],
    ['gender', 'other', null],
    ['birthYear', '1899', null],
    ['birthYear', '2027', null],
    ['birthMonth', '13', null],
    ['birthDay', '0', null],
    ['firstName', '...', null],
    ['firstName', '   ', null],
    ['city', '123', null],
    ['zip', '1', null],
    ['zip', 'ABCDE', 'US'],
    ['country', 'Atlantis', null],
    ['mobileAdvertiserId', '00000000-0000-0000-0000-000000000000', null],
    ['mobileAdvertiserId', 'not-an-id', null],
    ['email', Number.NaN, null],
    ['email', null, null],
  ];
  test.each(bad)('%s %j (%s)', (identifier, raw, country) => {
    expect(normalize(identifier, raw, at(country))).toBeNull();
  });
});

describe('as people write them', () => {
  const good: [Identifier, unknown, string | null, string][] = [
    ['email', '\u200Bmary@example.com\uFEFF', null, 'mary@example.com'],
    ['email', 'mary@bücher.example', null, 'mary@bücher.example'],
    ['phone', '९८७६५ ४३२१०', 'IN', '919876543210'],
    ['phone', '٩٨٧٦٥٤٣٢١٠', 'IN', '919876543210'],
    ['phone', '+1 (415) 555-2671 ext. 5', null, '14155552671'],
    ['phone', '４１５５５５２６７１', 'US', '14155552671'],
    ['phone', 4155552671, 'US', '14155552671'],
    ['phone', '919876543210', 'US', '919876543210'],
    ['phone', '00 55 11 96123-4567', 'BR', '5511961234567'],
    ['phone', '+4915112345678', 'US', '4915112345678'],
    ['country', 'Germany', null, 'de'],
    ['country', 'DEU', null, 'de'],
    ['country', 'deutschland', null, 'de'],
    ['country', 'U.S.A.', null, 'us'],
    ['country', 'UK', null, 'gb'],
    ['country', 'Côte d’Ivoire', null, 'ci'],
    ['state', 'New South Wales', 'AU', 'newsouthwales'],
    ['state', 'Washington, D.C.', 'US', 'dc'],
    ['city', '東京', null, '東京'],
    ['zip', 2139, 'US', '02139'],
    ['zip', '941031234', 'US', '94103'],
    ['firstName', 'Jean  Luc', null, 'jean luc'],
    ['firstInitial', 'Élodie', null, 'é'],
  ];
  test.each(good)('%s %j (%s) becomes %j', (identifier, raw, country, normalized) => {
    expect(normalize(identifier, raw, at(country))).toBe(normalized);
  });
});

describe('birthdays', () => {
  test.each([
    ['1990-05-07', null, ['1990', '05', '07']],
    ['1990-05-07T23:00:00.000Z', null, ['1990', '05', '07']],
    ['19900507', null, ['1990', '05', '07']],
    ['07.05.1990', null, ['1990', '05', '07']],
    ['7 May 1990', null, ['1990', '05', '07']],
    ['May 7th, 1990', null, ['1990', '05', '07']],
    ['05/07/1990', 'US', ['1990', '05', '07']],
    ['05/07/1990', 'GB', ['1990', '07', '05']],
    ['25/07/1990', null, ['1990', '07', '25']],
    ['--02-29', null, [null, '02', '29']],
  ])('%s (%s)', (raw, country, [birthYear, birthMonth, birthDay]) => {
    expect(birthParts(raw, at(country))).toEqual({ birthYear, birthMonth, birthDay });
  });

  test.each(['05/07/1990', '1990-02-30', '1890-01-01', '2031-01-01', 'yesterday', '', '1991-02-29'])('%j has no one reading', (raw) => {
    expect(birthParts(raw, at(null))).toBeNull();
  });
});

test('the fingerprint depends on every identifier and on which one it is, not on the order of keys', () => {
  const one = fingerprint({ email: 'a', phone: 'b' });
  expect(fingerprint({ phone: 'b', email: 'a' })).toBe(one);
  expect(fingerprint({ phone: 'a', email: 'b' })).not.toBe(one);
  expect(fingerprint({ email: 'a' })).not.toBe(one);
  expect(fingerprint({ email: 'a', phone: 'b', mobileAdvertiserId: 'c' })).not.toBe(one);
});
