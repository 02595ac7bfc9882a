import type { AdAccount, AdSet, Targeting } from './store/records';
import type { World } from './store/world';

export const appSecret = 'sandbox-app-secret';
export const appIds = ['sandbox-app', '262144000000001'];
/** A system user's token that never expires and can be pasted into any app. */
export const systemUserToken = 'EAASANDBOXSYSTEMUSERTOKEN0000000000000000000000000000';

const everyTask = ['MANAGE', 'ADVERTISE', 'ANALYZE', 'DRAFT'];
const day = 86_400_000;

export const people = {
  maya: '10158000000000001',
  tom: '10158000000000002',
  lin: '10158000000000003',
  sam: '10158000000000004',
  system: '10158000000000009',
};
export const accounts = {
  main: '480100000000001',
  newMarket: '480100000000002',
  disabled: '480100000000003',
  personal: '480100000000004',
  closed: '480100000000005',
  foreign: '480100000000006',
};
const businesses = { northwind: '370200000000001', harbor: '370200000000002' };

/** The world a newcomer finds: people, businesses, ad accounts in every state, and ad sets to show audiences to. */
export function seed(world: World): void {
  const now = Date.now();
  world.changeSettings({ anchorReal: now, anchorSimulated: now });
  for (const id of appIds)
    world.apps.put({
      id,
      name: 'Beckon (sandbox)',
      secret: appSecret,
      redirects: null,
      requireProof: false,
    });
  seedPeople(world, now);
  seedAccounts(world, now);
  seedAdSets(world, now);
}

function seedPeople(world: World, now: number): void {
  world.businesses.put({ id: businesses.northwind, name: 'Northwind Trading' });
  world.businesses.put({ id: businesses.harbor, name: 'Harbor & Co' });
  world.people.put({
    id: people.maya,
    name: 'Maya Rivera',
    email: 'maya@northwind.example',
    systemUserOf: null,
  });
  world.people.put({
    id: people.tom,
    name: 'Tom Okafor',
    email: 'tom@northwind.example',
    systemUserOf: null,
  });
  world.people.put({
    id: people.lin,
    name: 'Lin Chen',
    email: null,
    systemUserOf: null,
  });
  world.people.put({
    id: people.sam,
    name: 'Sam Vale',
    email: 'sam@vale.example',
    systemUserOf: null,
  });
  world.people.put({
    id: people.system,
    name: 'Northwind automation',
    email: null,
    systemUserOf: businesses.northwind,
  });
  for (const personId of [people.maya, people.tom, people.lin]) {
    world.terms.put({
      id: `${personId}:${businesses.northwind}`,
      personId,
      businessId: businesses.northwind,
      at: now - 90 * day,
    });
  }
  const scopes = ['public_profile', 'ads_management', 'ads_read', 'business_management'];
  world.tokens.put({
    id: systemUserToken,
    appId: null,
    personId: people.system,
    scopes,
    issuedAt: now - day,
    expiresAt: 0,
    dead: null,
  });
}

interface AccountSeed {
  status?: number;
  disableReason?: number;
  currency?: string;
  zone?: AdAccount['zone'];
  business: string | null;
  roles: Record<string, string[]>;
}

function addAccount(world: World, now: number, id: string, name: string, rest: AccountSeed): void {
  world.accounts.put({
    id,
    seq: world.next('accounts'),
    name,
    status: rest.status ?? 1,
    disableReason: rest.disableReason ?? 0,
    currency: rest.currency ?? 'USD',
    zone: rest.zone ?? { id: 7, name: 'America/New_York', offsetHours: -5 },
    businessId: rest.business,
    ownerId: rest.business ?? people.maya,
    roles: rest.roles,
    valueTerms: rest.business === businesses.northwind,
    createdAt: now - 900 * day,
  });
}

function seedAccounts(world: World, now: number): void {
  const northwindRoles = {
    [people.maya]: everyTask,
    [people.tom]: ['ADVERTISE', 'ANALYZE', 'DRAFT'],
    [people.lin]: everyTask,
    [people.system]: everyTask,
  };
  addAccount(world, now, accounts.foreign, 'Somebody else', {
    business: businesses.harbor,
    roles: {},
  });
  addAccount(world, now, accounts.closed, 'Northwind – wound up', {
    status: 101,
    business: businesses.northwind,
    roles: northwindRoles,
  });
  addAccount(world, now, accounts.personal, "Maya's own account", {
    currency: 'EUR',
    zone: { id: 47, name: 'Europe/Madrid', offsetHours: 1 },
    business: null,
    roles: { [people.maya]: everyTask },
  });
  addAccount(world, now, accounts.disabled, 'Northwind – old card', {
    status: 2,
    disableReason: 3,
    business: businesses.northwind,
    roles: northwindRoles,
  });
  addAccount(world, now, accounts.newMarket, 'Harbor – new market', {
    currency: 'GBP',
    zone: { id: 58, name: 'Europe/London', offsetHours: 0 },
    business: businesses.harbor,
    roles: { [people.maya]: everyTask, [people.lin]: everyTask },
  });
  addAccount(world, now, accounts.main, 'Northwind – main', {
    business: businesses.northwind,
    roles: northwindRoles,
  });
}

const campaignPlan = [
  {
    name: 'Autumn sale',
    objective: 'OUTCOME_SALES',
    status: 'ACTIVE',
    adSets: 14,
  },
  {
    name: 'Win back',
    objective: 'OUTCOME_SALES',
    status: 'ACTIVE',
    adSets: 12,
  },
  {
    name: 'New arrivals',
    objective: 'OUTCOME_TRAFFIC',
    status: 'ACTIVE',
    adSets: 12,
  },
  {
    name: 'Loyal customers',
    objective: 'OUTCOME_ENGAGEMENT',
    status: 'ACTIVE',
    adSets: 10,
  },
  {
    name: 'Newsletter sign-ups',
    objective: 'OUTCOME_LEADS',
    status: 'PAUSED',
    adSets: 10,
  },
  {
    name: 'Spring 2026',
    objective: 'OUTCOME_AWARENESS',
    status: 'ACTIVE',
    adSets: 12,
  },
] as const;
const places = ['United States', 'Canada', 'United Kingdom', 'Germany', 'France', 'Spain', 'India', 'Brazil'] as const;
const countries = ['US', 'CA', 'GB', 'DE', 'FR', 'ES', 'IN', 'BR'] as const;
const groups = ['women 25–44', 'men 25–44', 'everyone 18+', 'parents', 'students'] as const;

function seedAdSets(world: World, now: number): void {
  let number = 0;
  for (const plan of campaignPlan) {
    const campaign = world.campaigns.put({
      ...world.newId(),
      accountId: accounts.main,
      name: plan.name,
      objective: plan.objective,
      status: plan.status,
      specialAdCategories: [],
    });
    for (let i = 0; i < plan.adSets; i += 1, number += 1) {
      world.adSets.put(
        seededAdSet(world, {
          accountId: accounts.main,
          campaignId: campaign.id,
          campaign: plan.name,
          number,
          now,
        }),
      );
    }
  }
  const other = world.campaigns.put({
    ...world.newId(),
    accountId: accounts.newMarket,
    name: 'Launch',
    objective: 'OUTCOME_AWARENESS',
    status: 'ACTIVE',
    specialAdCategories: [],
  });
  for (let i = 0; i < 3; i += 1, number += 1) {
    world.adSets.put(
      seededAdSet(world, {
        accountId: accounts.newMarket,
        campaignId: other.id,
        campaign: 'Launch',
        number,
        now,
      }),
    );
  }
}

function seededAdSet(
  world: World,
  of: {
    accountId: string;
    campaignId: string;
    campaign: string;
    number: number;
    now: number;
  },
): AdSet {
  const { number, now } = of;
  const place = places[number % places.length] ?? 'United States';
  const status = number % 17 === 11 ? 'ARCHIVED' : number % 23 === 19 ? 'DELETED' : number % 5 === 3 ? 'PAUSED' : 'ACTIVE';
  return {
    ...world.newId(),
    accountId: of.accountId,
    campaignId: of.campaignId,
    name: `${of.campaign} – ${place} – ${groups[number % groups.length] ?? 'everyone'}`,
    status,
    targeting: seededTargeting(number),
    optimizationGoal: number % 3 === 0 ? 'OFFSITE_CONVERSIONS' : 'LINK_CLICKS',
    dailyBudget: String(2_000 + (number % 9) * 500),
    startAt: now - (120 - number) * day,
    updatedAt: now - (number % 30) * day,
    learningResetAt: null,
    learningResetBy: null,
  };
}

function seededTargeting(number: number): Targeting {
  const advantage = number % 6 === 5 ? 1 : 0;
  return {
    age_max: 65,
    age_min: advantage === 1 ? 18 : 25,
    ...(number % 5 === 0 && advantage === 0 ? { genders: [2] } : {}),
    geo_locations: {
      countries: [countries[number % countries.length] ?? 'US'],
      ...(number % 8 === 2 ? { location_types: ['home', 'recent'] } : {}),
    },
    ...(number % 4 === 1
      ? {
          flexible_spec: [
            {
              interests: [{ id: '6003107902433', name: 'Association football (Soccer)' }],
            },
          ],
        }
      : {}),
    publisher_platforms: ['facebook', 'instagram'],
    facebook_positions: ['feed'],
    targeting_automation: { advantage_audience: advantage },
    ...(number % 3 === 0 ? { targeting_relaxation_types: { custom_audience: 0, lookalike: 0 } } : {}),
  };
}
