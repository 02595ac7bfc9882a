import type { AdAccount, Audience, Lookalike } from '../store/records';
import type { World } from '../store/world';
import { isFilled, settled, sizeBand } from './audience-status';
import type { Call } from './call';
import { GraphFailure, invalidParameter } from './failure';

/** Adults whom Facebook reaches in a country, as far as a rehearsal needs it. */
const adults: Record<string, number> = { US: 240_000_000, IN: 380_000_000, BR: 130_000_000, GB: 45_000_000, DE: 50_000_000 };
const adultsElsewhere = 12_000_000;
const fewestInSeed = 100;
const mostLookalikes = 500;

const namedRatios: Record<string, number> = { similarity: 0.01, reach: 0.05 };

/** What lookalike_spec and origin_audience_id ask for. Refuses what Facebook refuses. */
export function lookalikeOf(call: Call, account: AdAccount): { lookalike: Lookalike; origin: Audience } {
  const { world, params } = call;
  const living = world.audiences.where((audience) => audience.accountId === account.id && audience.deletedAt === null);
  const origin = living.find((audience) => audience.id === params.text('origin_audience_id') && audience.subtype === 'CUSTOM');
  if (!origin) throw invalidParameter('Param origin_audience_id must be a customer list audience of this ad account');
  if (living.filter((audience) => audience.subtype === 'LOOKALIKE').length >= mostLookalikes)
    throw new GraphFailure(2654, '(#2654) Failed to create custom audience', { title: 'Too Many Lookalike Audiences' });
  if (origin.flagged.length > 0)
    throw invalidParameter('Invalid parameter', {
      subcode: 1713232,
      title: 'Seed Audience Flagged',
      userMessage: 'The source audience was flagged.',
    });
  if (settled(world, origin, call.now).knownMatched < fewestInSeed)
    throw invalidParameter('Invalid parameter', {
      title: 'Source Audience Too Small',
      userMessage: `Your source audience needs at least ${fewestInSeed} people from the same country.`,
    });
  return { lookalike: { originId: origin.id, ...specOf(params.text('lookalike_spec'), origin) }, origin };
}

function specOf(text: string | undefined, origin: Audience): Omit<Lookalike, 'originId'> {
  const spec = parsed(text);
  const type = typeof spec.type === 'string' ? spec.type : null;
  if (type === 'custom_ratio' && !origin.valueBased)
    throw invalidParameter('Param lookalike_spec: custom_ratio needs a value-based source');
  const ratio = typeof spec.ratio === 'number' ? spec.ratio : namedRatios[type ?? ''];
  if (ratio === undefined) throw invalidParameter('Param lookalike_spec must have type similarity or reach, or a ratio');
  const steps = Math.round(ratio * 100);
  if (steps < 1 || steps > 20 || Math.abs(ratio * 100 - steps) > 1e-6)
    throw invalidParameter('Param lookalike_spec: ratio must be from 0.01 to 0.20 in steps of 0.01');
  const country = typeof spec.country === 'string' ? spec.country : '';
  if (!/^[A-Z]{2}$/.test(country)) throw invalidParameter('Param lookalike_spec must have a country, by its two letters');
  return { country, ratio, type: type ?? 'custom_ratio' };
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const spec: unknown = JSON.parse(text ?? '');
    if (typeof spec === 'object' && spec !== null) return spec as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw invalidParameter('Param lookalike_spec must be a JSON object');
}

/** What Facebook tells of an audience's size; -1 of a lookalike that is not filled. */
export function toldBand(world: World, audience: Audience, now: number): { lower: number; upper: number } {
  const { lookalike } = audience;
  if (!lookalike) return sizeBand(audience.knownMatched);
  if (!isFilled(world, audience, now)) return { lower: -1, upper: -1 };
  return sizeBand(Math.round((adults[lookalike.country] ?? adultsElsewhere) * lookalike.ratio));
}

/** As it reads back. */
export function specRead(world: World, { originId, country, ratio, type }: Lookalike): object {
  const origin = world.audiences.get(originId);
  return {
    country,
    ratio,
    type,
    target_countries: [country],
    origin: [{ id: originId, name: origin?.name, type: 'custom_audience', ...(origin?.deletedAt === null ? {} : { deleted: true }) }],
  };
}

/** Who would be left without their seed. */
export const lookalikesOn = (world: World, id: string): Audience[] =>
  world.audiences.where((audience) => audience.lookalike?.originId === id && audience.deletedAt === null);
