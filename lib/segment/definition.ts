import { z } from 'zod';
import { AppError, firstFault } from '@/lib/errors';
import {
  type Did,
  type DidNot,
  didNotSchema,
  didSchema,
  type FirstLast,
  firstLastSchema,
  type Sequence,
  sequenceSchema,
} from './behaviour';
import { byKey, chosen, type Refusal } from './choice';
import { oddity } from './plain-json';
import { propertyConditionSchema } from './property-condition';

/** The segment language (docs/segment-language.md). A definition is one condition. */

const hasSchema = z.strictObject({
  has: z.enum(['email', 'phone', 'mobileAdvertiserId', 'birthDay', 'reachable'], {
    error: 'One of email, phone, mobileAdvertiserId, birthDay, reachable.',
  }),
});
export type Has = z.infer<typeof hasSchema>;

/** In a saved or list segment, evaluated at the same instant. */
const inSegmentSchema = z.strictObject({
  segment: z.string({ error: 'A segment is named by its key.' }).min(1, 'A segment is named by its key.').max(80, 'At most 80 characters.'),
});
export type InSegment = z.infer<typeof inSegmentSchema>;

const bucketError = { error: 'Two whole numbers from 0 to 999, such as [0, 499].' };
const bucketEnd = z.int(bucketError).min(0, bucketError.error).max(999, bucketError.error);
/** Ends included. */
const inBucketSchema = z.strictObject({
  bucket: z.tuple([bucketEnd, bucketEnd], bucketError).refine(([a, b]) => a <= b, 'The first number is larger than the second.'),
});
export type InBucket = z.infer<typeof inBucketSchema>;

export type PropertyCondition = z.infer<typeof propertyConditionSchema>;

export type Leaf = Did | FirstLast | DidNot | Sequence | PropertyCondition | Has | InSegment | InBucket;
export type Definition = { all: Definition[] } | { any: Definition[] } | { not: Definition } | Leaf;

const group = z
  .array(
    z.lazy(() => conditionSchema),
    { error: 'A list of conditions.' },
  )
  .min(1, 'A group needs at least one condition.');

const conditions = {
  all: z.strictObject({ all: group }),
  any: z.strictObject({ any: group }),
  not: z.strictObject({ not: z.lazy(() => conditionSchema) }),
  did: chosen<Did | FirstLast>((value) => (isObject(value) && Object.hasOwn(value, 'occurrence') ? firstLastSchema : didSchema)),
  didNot: didNotSchema,
  sequence: sequenceSchema,
  property: propertyConditionSchema as z.ZodType<PropertyCondition>,
  has: hasSchema,
  segment: inSegmentSchema,
  bucket: inBucketSchema,
};

const keys = Object.keys(conditions).join(', ');
const conditionSchema: z.ZodType<Definition> = chosen((value) =>
  isObject(value)
    ? byKey<Definition>(conditions, `A condition has one of the keys ${keys}.`)
    : { message: 'A condition is an object such as {"did":"Order Completed"}.' },
);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Limits of the language: docs/segment-language.md. */
export const limits = { depth: 10, conditions: 100, bytes: 64 * 1024 };

/** Takes anything at all, however deep, large or odd: each limit is held before what would suffer from it. */
export const definitionSchema: z.ZodType<Definition> = chosen(
  (json) => oddity(json) ?? tooLarge(json) ?? tooDeep(json, 1, []) ?? ofFewConditions,
);

const ofFewConditions = conditionSchema.superRefine((definition, ctx) => {
  const size = [...conditionsOf(definition)].length;
  if (size > limits.conditions)
    ctx.addIssue({ code: 'custom', message: `A definition may have at most ${limits.conditions} conditions; this one has ${size}.` });
});

const tooLarge = (json: unknown): Refusal | undefined =>
  new TextEncoder().encode(JSON.stringify(json) ?? '').length > limits.bytes
    ? { message: 'A definition may have at most 64 KB.' }
    : undefined;

function tooDeep(json: unknown, depth: number, path: PropertyKey[]): Refusal | undefined {
  if (!isObject(json)) return undefined;
  if (depth > limits.depth) return { message: `Groups may be nested ${limits.depth} deep at most.`, path };
  const { all, any, not } = json as Record<string, unknown>;
  for (const [name, list] of Object.entries({ all, any })) {
    if (!Array.isArray(list)) continue;
    for (const [i, child] of list.entries()) {
      const refused = tooDeep(child, depth + 1, [...path, name, i]);
      if (refused) return refused;
    }
  }
  return not === undefined ? undefined : tooDeep(not, depth + 1, [...path, 'not']);
}

/** @throws AppError invalid with a sentence and the path of the fault, e.g. "all[1].where[0].op"; empty for the root. */
export function parseDefinition(json: unknown): Definition {
  const parsed = definitionSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { message, path } = firstFault(parsed.error);
  throw new AppError('invalid', message, pathText(path));
}

const join = (path: string, part: string) => (path ? `${path}.${part}` : part);

/** ["all", 1, "where", 0, "op"] → "all[1].where[0].op" */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : join(text, String(part))), '');

export type Placed = { condition: Definition /** "all[1].not"; empty for the root. */; path: string };

/** Every condition of the tree, groups included, each before those inside it, with its path. */
export function* conditionsOf(definition: Definition, path = ''): Generator<Placed> {
  yield { condition: definition, path };
  if ('all' in definition) for (const [i, each] of definition.all.entries()) yield* conditionsOf(each, join(path, `all[${i}]`));
  else if ('any' in definition) for (const [i, each] of definition.any.entries()) yield* conditionsOf(each, join(path, `any[${i}]`));
  else if ('not' in definition) yield* conditionsOf(definition.not, join(path, 'not'));
}

/** Names of all events the definition itself speaks of, each once; not those of segments it refers to. */
export function eventsOf(definition: Definition): string[] {
  const names = [...conditionsOf(definition)].flatMap(({ condition }) => {
    if ('did' in condition) return condition.did;
    if ('didNot' in condition) return condition.didNot;
    if ('sequence' in condition) return condition.sequence.flatMap((step) => ('did' in step ? step.did : step.didNot));
    return [];
  });
  return [...new Set(names)];
}

/** Keys of the segments the definition refers to, each once. */
export const segmentsOf = (definition: Definition): string[] => [
  ...new Set([...conditionsOf(definition)].flatMap(({ condition }) => ('segment' in condition ? condition.segment : []))),
];

/** Property conditions of the tree and of its `where` lists, with their paths. @param at the path of the tree itself. */
export function* propertyConditionsOf(definition: Definition, at = ''): Generator<{ condition: PropertyCondition; path: string }> {
  for (const { condition, path } of conditionsOf(definition, at)) {
    if ('property' in condition) yield { condition, path };
    if ('sequence' in condition) {
      for (const [i, step] of condition.sequence.entries()) yield* placed(step.where, join(path, `sequence[${i}]`));
    } else if ('where' in condition) yield* placed(condition.where, path);
  }
}

function* placed(where: readonly PropertyCondition[] | undefined, path: string) {
  for (const [i, condition] of (where ?? []).entries()) yield { condition, path: join(path, `where[${i}]`) };
}
