import { integer, person, pick, type Random, seededRandom, weighted } from './demo-people';

/**
 * A believable shop, as calls of the Segment specification: browsing, carts and abandoned carts, purchases, refunds, a daily and a weekly
 * rhythm, power users and people who never came back, visitors who identify later, and data that isn't clean. It only talks through `post`,
 * like every other sender. The same options make the same calls with the same message ids, so a broken-off run can be made again.
 */

export type SeedOptions = {
  /** The newest event is just before it. */
  now: Date;
  profiles?: number;
  events?: number;
  seed?: number;
  days?: number;
  onProgress?: (sentEvents: number, allEvents: number) => void;
};

export type Post = (body: { batch: Record<string, unknown>[] }) => Promise<void>;

type Call = Record<string, unknown>;

const dayMs = 86_400_000;
/** Requests hold at most 500 KB; a call has about 350 bytes. */
const callsOfRequest = 900;
const requestsInFlight = 4;

const products = [
  { name: 'Trail Runner', category: 'shoes', price: 119.9 },
  { name: 'City Sneaker', category: 'shoes', price: 89.5 },
  { name: 'Rain Jacket', category: 'outdoor', price: 149 },
  { name: 'Camping Stove', category: 'outdoor', price: 54.9 },
  { name: 'Two-Person Tent', category: 'outdoor', price: 229 },
  { name: 'Chef Knife', category: 'kitchen', price: 74.95 },
  { name: 'Espresso Maker', category: 'kitchen', price: 39.99 },
  { name: 'Cast-Iron Pan', category: 'kitchen', price: 64 },
  { name: 'Field Guide', category: 'books', price: 24.5 },
  { name: 'Crime Novel', category: 'books', price: 12.99 },
  { name: 'Headphones', category: 'electronics', price: 199 },
  { name: 'Smart Speaker', category: 'electronics', price: 99 },
  { name: 'Desk Lamp', category: 'home', price: 45 },
  { name: 'Wool Blanket', category: 'home', price: 79 },
].map((product, i) => ({ ...product, sku: `SKU-${100 + i}`, weight: 1 / (i + 2) }));

const sources = [
  { weight: 40, name: 'direct' },
  { weight: 25, name: 'search' },
  { weight: 15, name: 'newsletter' },
  { weight: 12, name: 'facebook' },
  { weight: 8, name: 'affiliate' },
];
/** By UTC hour: quiet nights, a lunch hump, full evenings in central Europe. */
const hours = [2, 1, 1, 1, 2, 4, 7, 9, 9, 9, 11, 12, 10, 9, 9, 10, 12, 15, 18, 19, 16, 11, 7, 4].map((weight, hour) => ({ weight, hour }));
const weekdays = [1.25, 0.9, 0.9, 0.95, 1, 1.1, 1.3];

type Visitor = {
  index: number;
  quota: number;
  random: Random;
  paying: boolean;
  first: number;
  last: number;
  id: Call;
  emit: (name: string, time: number, properties: Call) => void;
};

/** Sends the whole shop. Sends in parallel, but everything of one person in order. */
export async function seed(post: Post, options: SeedOptions): Promise<void> {
  const { now, profiles = 20_000, events = 500_000, days = 180, onProgress } = options;
  const random = seededRandom(options.seed ?? 20_260_301);
  const quotas = eventQuotas(random, profiles, events);
  const underWay = new Set<Promise<void>>();
  let batch: Call[] = [];
  let sent = 0;
  let made = 0;
  const flush = async () => {
    const body = { batch };
    const upTo = made;
    batch = [];
    if (body.batch.length === 0) return;
    const request = post(body).then(() => {
      underWay.delete(request);
      sent = Math.max(sent, upTo);
      onProgress?.(sent, events);
    });
    underWay.add(request);
    if (underWay.size >= requestsInFlight) await Promise.race(underWay);
  };
  for (const [index, quota] of quotas.entries()) {
    const calls = callsOf(index, quota, seededRandom((options.seed ?? 1) * 7_919 + index), now.getTime(), days);
    // A person's calls are not spread over requests that are under way at the same time: they would arrive out of order.
    for (let at = 0; at < calls.length; at += callsOfRequest) {
      if (batch.length + Math.min(calls.length - at, callsOfRequest) > callsOfRequest) {
        await flush();
        if (at > 0) await Promise.all(underWay);
      }
      batch.push(...calls.slice(at, at + callsOfRequest));
    }
    made += quota;
  }
  await flush();
  await Promise.all(underWay);
}

/** A power law, from one event to some thousands; the sum is exact. */
function eventQuotas(random: Random, profiles: number, events: number): number[] {
  const weights = Array.from({ length: profiles }, () => Math.min((1 - random()) ** -0.8, 120));
  const sum = weights.reduce((a, b) => a + b, 0);
  const quotas = weights.map((weight) => Math.max(1, Math.floor((weight / sum) * events)));
  let left = events - quotas.reduce((a, b) => a + b, 0);
  for (let i = 0; left !== 0; i = (i + 1) % profiles) {
    const step = Math.sign(left);
    if ((quotas[i] ?? 0) + step >= 1) {
      quotas[i] = (quotas[i] ?? 0) + step;
      left -= step;
    }
  }
  return quotas;
}

function callsOf(index: number, quota: number, random: Random, now: number, days: number): Call[] {
  const kind = random();
  const staysAnonymous = kind < 0.1;
  const startsAnonymous = kind < 0.28;
  const from = now - days * dayMs;
  // Half were customers before the window begins; of the others more came lately.
  const signedUp = random() < 0.5 ? from - random() * 360 * dayMs : from + random() ** 0.8 * (days - 1) * dayMs;
  const first = Math.max(signedUp, from);
  const churned = random() < 0.38;
  const last = churned ? first + random() ** 1.5 * (now - first) : now - 60_000;
  const who = person(random, index, signedUp, now);
  const userId = `customer-${index + 1}`;
  const anonymousId = `visitor-${index + 1}`;
  const calls: Call[] = [];
  const emit = (event: string, time: number, properties: Call) =>
    calls.push({ type: 'track', event, timestamp: new Date(time).toISOString(), properties });
  const visitor = { index, quota, random, paying: who.paying, first, last, emit, id: {} };
  shop(visitor, calls);
  calls.sort((a, b) => (String(a.timestamp) < String(b.timestamp) ? -1 : 1));
  calls.length = Math.min(calls.length, quota);
  const identifiedAt = staysAnonymous ? calls.length : startsAnonymous ? Math.min(calls.length - 1, integer(random, 1, 12)) : 0;
  const identify: Call = { type: 'identify', timestamp: calls[identifiedAt]?.timestamp, traits: who.traits, context: who.context };
  const all = calls.map((call, i) => ({ ...call, ...(i < identifiedAt ? { anonymousId } : { userId }) }));
  if (staysAnonymous) return numbered(index, [{ ...all[0], context: who.context }, ...all.slice(1)]);
  all.splice(identifiedAt, 0, { ...identify, userId, ...(startsAnonymous ? { anonymousId } : {}) });
  return numbered(index, all);
}

const numbered = (index: number, calls: Call[]) => calls.map((call, i) => ({ ...call, messageId: `demo-${index}-${i}` }));

function shop(visitor: Visitor, calls: Call[]): void {
  // A session brings about seven events; what is over the quota is cut off at the end, newest first.
  while (calls.length < visitor.quota) session(visitor, sessionStart(visitor));
}

function sessionStart({ random, first, last }: Visitor): number {
  for (let attempt = 0; ; attempt++) {
    const day = Math.floor((first + random() * (last - first)) / dayMs);
    const weekday = (day + 4) % 7;
    const time = day * dayMs + weighted(random, hours).hour * 3_600_000 + Math.floor(random() * 3_600_000);
    const fits = time >= first && time <= last;
    if (fits && random() < (weekdays[weekday] ?? 1) / 1.3) return time;
    if (attempt > 30) return first + random() * (last - first);
  }
}

const money = (value: number) => Math.round(value * 100) / 100;

function session(visitor: Visitor, start: number): void {
  const { random, emit, last } = visitor;
  let time = start;
  const at = () => {
    time = Math.min(time + integer(random, 4_000, 150_000), last);
    return time;
  };
  emit('App Opened', time, { source: weighted(random, sources).name });
  if (random() < 0.3) emit('Searched', at(), { query: pick(random, products).category, results: integer(random, 0, 40) });
  const seen = Array.from({ length: integer(random, 1, 6) }, () => weighted(random, products));
  for (const product of seen) emit('Product Viewed', at(), describe(product));
  if (random() < 0.12) emit('Added to Wishlist', at(), describe(pick(random, seen)));
  if (random() < 0.34) cart(visitor, at, pick(random, seen));
  if (visitor.paying && random() < 0.04) emit('Plan Renewed', at(), { amount: pick(random, [4.99, 9.99]), plan: 'plus' });
  if (random() < 0.02) emit('Support Contacted', at(), { topic: pick(random, ['delivery', 'returns', 'payment', 'other']) });
}

type Product = (typeof products)[number];
const describe = ({ sku, name, category, price }: Product) => ({ sku, product: name, category, price });

function cart({ random, emit, index }: Visitor, at: () => number, product: Product): void {
  const quantity = random() < 0.8 ? 1 : integer(random, 2, 4);
  const total = money(product.price * quantity);
  emit('Added to Cart', at(), { ...describe(product), quantity, amount: total });
  // Most carts are left where they are.
  if (random() < 0.45) return;
  emit('Checkout Started', at(), { amount: total, category: product.category });
  const luck = random();
  if (luck < 0.22) return;
  if (luck < 0.3) {
    emit('Payment Failed', at(), { amount: total, reason: pick(random, ['card declined', 'expired card', 'limit reached']) });
    return;
  }
  const coupon = random() < 0.15 ? pick(random, ['WELCOME10', 'SUMMER15']) : null;
  const amount = coupon ? money(total * (coupon === 'WELCOME10' ? 0.9 : 0.85)) : total;
  const orderId = `order-${index}-${Math.floor(random() * 1e9)}`;
  const { name, category, sku } = product;
  const bought = at();
  emit('Purchased', bought, { amount, currency: 'EUR', category, product: name, sku, quantity, orderId, ...(coupon ? { coupon } : {}) });
  if (random() < 0.1) emit('Reviewed', at(), { product: name, category, rating: integer(random, 1, 5) });
  if (random() < 0.05) emit('Refunded', at(), { amount, category, orderId });
}
