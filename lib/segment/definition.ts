import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { propertyConditionSchema } from './property-condition';
import { windowSchema } from './window';

/** The segment language (docs/segment-language.md). A definition is one condition. */

const count = z.union(
  [
    z.strictObject({ eq: z.number() }),
    z.strictObject({ ne: z.number() }),
    z.strictObject({ gt: z.number() }),
    z.strictObject({ gte: z.number() }),
    z.strictObject({ lt: z.number() }),
    z.strictObject({ lte: z.number() }),
    z.strictObject({
      between: z.tuple([z.number(), z.number()]).refine(([a, b]) => a <= b, 'The first number is larger than the second.'),
    }),
  ],
  { error: 'One of eq, ne, gt, gte, lt, lte with a number, or between with two.' },
);
export type Compare = z.infer<typeof count>;

const eventName = z.string({ error: 'Name an event.' }).min(1, 'Name an event.').max(512, 'At most 512 characters.');
/** One event, or any of several. */
const eventNames = z.union([eventName, z.array(eventName).min(1, 'Name at least one event.').max(1000, 'At most 1,000 events.')], {
  error: 'Name an event, or a list of events.',
});

const where = z.array(propertyConditionSchema).min(1, 'Leave "where" out, or give it a condition.').max(100);

const didSchema = z.strictObject({
  did: eventNames,
  where: where.optional(),
  within: windowSchema.optional(),
  count: count.optional(),
  includeZero: z.boolean().optional(),
});
export type Did = z.infer<typeof didSchema>;

const didNotSchema = z.strictObject({ didNot: eventNames, where: where.optional(), within: windowSchema.optional() });
export type DidNot = z.infer<typeof didNotSchema>;

const hasSchema = z.strictObject({
  has: z.enum(['email', 'phone', 'mobileAdvertiserId', 'reachable'], { error: 'One of email, phone, mobileAdvertiserId, reachable.' }),
});
export type Has = z.infer<typeof hasSchema>;

export type PropertyCondition = z.infer<typeof propertyConditionSchema>;

export type Definition = { all: Definition[] } | { any: Definition[] } | { not: Definition } | Did | DidNot | PropertyCondition | Has;

const group = z.array(z.lazy(() => definitionSchema)).min(1, 'A group needs at least one condition.');

/** By the key that names the condition: one schema each, so that a fault is told for what was meant. */
const byKey: Record<string, z.ZodType<Definition>> = {
  all: z.strictObject({ all: group }),
  any: z.strictObject({ any: group }),
  not: z.strictObject({ not: z.lazy(() => definitionSchema) }),
  did: didSchema,
  didNot: didNotSchema,
  property: propertyConditionSchema as z.ZodType<PropertyCondition>,
  has: hasSchema,
};

const later: Record<string, string> = {
  sequence: 'Sequences are',
  segment: 'References to other segments are',
  bucket: 'Buckets are',
};

const laterKeys: Record<string, string> = {
  aggregate: 'Aggregates are',
  occurrence: 'First and last time are',
  hours: 'Hours of the day are',
  weekdays: 'Days of the week are',
};

export const definitionSchema: z.ZodType<Definition> = z.unknown().transform((value, ctx): Definition => {
  const refuse = (message: string, path: string[] = []) => {
    ctx.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('A condition is an object such as {"did":"Order Completed"}.');
  const keys = Object.keys(value);
  const unavailable = keys.find((key) => later[key] ?? laterKeys[key]);
  if (unavailable) return refuse(`${later[unavailable] ?? laterKeys[unavailable]} not available yet.`, [unavailable]);
  const name = Object.keys(byKey).find((key) => key in value);
  const schema = name === undefined ? undefined : byKey[name];
  if (!schema) return refuse(`A condition has one of the keys ${Object.keys(byKey).join(', ')}.`, keys.slice(0, 1));
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) ctx.addIssue({ ...(issue as { code: 'custom'; message: string }), path: issue.path });
  return z.NEVER;
});

/** Limits of the language: docs/segment-language.md. */
export const limits = { depth: 10, conditions: 100, bytes: 64 * 1024 };

/** @throws AppError invalid with a sentence and the path of the fault, e.g. "all[1].where[0].op"; empty for the root. */
export function parseDefinition(json: unknown): Definition {
  refuseTooDeep(json, 1, '');
  if (new TextEncoder().encode(JSON.stringify(json) ?? '').length > limits.bytes)
    throw new AppError('invalid', 'A definition may have at most 64 KB.', '');
  const parsed = definitionSchema.safeParse(json);
  if (!parsed.success) throw faultOf(parsed.error.issues[0]);
  const size = conditionCount(parsed.data);
  if (size > limits.conditions)
    throw new AppError('invalid', `A definition may have at most ${limits.conditions} conditions; this one has ${size}.`, '');
  return parsed.data;
}

/** Before anything recursive reads it. */
function refuseTooDeep(json: unknown, depth: number, path: string): void {
  if (typeof json !== 'object' || json === null) return;
  if (depth > limits.depth) throw new AppError('invalid', `Groups may be nested ${limits.depth} deep at most.`, path);
  const { all, any, not } = json as Record<string, unknown>;
  for (const [name, list] of Object.entries({ all, any })) {
    if (!Array.isArray(list)) continue;
    for (const [i, child] of list.entries()) refuseTooDeep(child, depth + 1, join(path, `${name}[${i}]`));
  }
  if (not !== undefined) refuseTooDeep(not, depth + 1, join(path, 'not'));
}

const join = (path: string, part: string) => (path ? `${path}.${part}` : part);

function faultOf(issue: z.core.$ZodIssue | undefined): AppError {
  if (!issue) return new AppError('invalid', 'This is not a definition.', '');
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknownKey === undefined ? issue.path : [...issue.path, unknownKey];
  const message = unknownKey === undefined ? issue.message : `There is no “${unknownKey}” here.`;
  return new AppError('invalid', message, pathText(path));
}

/** ["all", 1, "where", 0, "op"] → "all[1].where[0].op" */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : join(text, String(part))), '');

/** Groups count too. */
export function conditionCount(definition: Definition): number {
  if ('all' in definition) return 1 + sum(definition.all.map(conditionCount));
  if ('any' in definition) return 1 + sum(definition.any.map(conditionCount));
  if ('not' in definition) return 1 + conditionCount(definition.not);
  return 1;
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

/** Names of all events the definition speaks of, each once. */
export function eventsOf(definition: Definition): string[] {
  const collect = (condition: Definition): string[] => {
    if ('all' in condition) return condition.all.flatMap(collect);
    if ('any' in condition) return condition.any.flatMap(collect);
    if ('not' in condition) return collect(condition.not);
    if ('did' in condition) return [condition.did].flat();
    if ('didNot' in condition) return [condition.didNot].flat();
    return [];
  };
  return [...new Set(collect(definition))];
}
