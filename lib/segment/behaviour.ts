import { z } from 'zod';
import { byKey, chosen } from './choice';
import { durationParts, durationSchema } from './dates';
import { propertyConditionSchema, propertyName } from './property-condition';
import { windowSchema } from './window';

/** Conditions on what a profile did: did, did not, aggregates, first and last time, sequences. */

const eventName = z.string({ error: 'Name an event.' }).min(1, 'Name an event.');
const severalNames = z.array(eventName).min(1, 'Name at least one event.').max(1000, 'At most 1,000 events.');
/** One event, or any of several. */
const eventNames = chosen<string | string[]>((value) => (Array.isArray(value) ? severalNames : eventName));

const where = z
  .array(propertyConditionSchema, { error: 'A list of conditions on properties.' })
  .min(1, 'Leave "where" out, or give it a condition.')
  .max(100, 'At most 100 conditions.');

const number = z.number({ error: 'A number.' });
const rising = z
  .tuple([number, number], { error: 'Two numbers.' })
  .refine(([a, b]) => a <= b, 'The first number is larger than the second.');

export const compareOps = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const;

export type Compare =
  | { eq: number }
  | { ne: number }
  | { gt: number }
  | { gte: number }
  | { lt: number }
  | { lte: number }
  | { between: [number, number] };

const compareMessage = 'One of eq, ne, gt, gte, lt, lte with a number, or between with two.';
const count = byKey<Compare>(
  {
    eq: z.strictObject({ eq: number }),
    ne: z.strictObject({ ne: number }),
    gt: z.strictObject({ gt: number }),
    gte: z.strictObject({ gte: number }),
    lt: z.strictObject({ lt: number }),
    lte: z.strictObject({ lte: number }),
    between: z.strictObject({ between: rising }),
  },
  compareMessage,
);

/** Whether the number fits, e.g. 0 where nobody counted yet. */
export function fits(n: number, compare: Compare): boolean {
  if ('between' in compare) return n >= compare.between[0] && n <= compare.between[1];
  if ('eq' in compare) return n === compare.eq;
  if ('ne' in compare) return n !== compare.ne;
  if ('gt' in compare) return n > compare.gt;
  if ('gte' in compare) return n >= compare.gte;
  if ('lt' in compare) return n < compare.lt;
  return n <= compare.lte;
}

export const aggregateFunctions = ['sum', 'avg', 'min', 'max', 'distinct'] as const;

const aggregated = {
  fn: z.enum(aggregateFunctions, { error: 'One of sum, avg, min, max, distinct.' }),
  property: propertyName,
};

/** Of a property of the matching events, compared as a count is: the comparison stands beside `fn` and `property`. */
const aggregate = z
  .strictObject({
    ...aggregated,
    eq: number.optional(),
    ne: number.optional(),
    gt: number.optional(),
    gte: number.optional(),
    lt: number.optional(),
    lte: number.optional(),
    between: rising.optional(),
  })
  .superRefine((value, ctx) => {
    const given = [...compareOps, 'between' as const].filter((op) => value[op] !== undefined);
    const second = given[1];
    if (given.length === 0)
      ctx.addIssue({
        code: 'custom',
        path: [],
        message: compareMessage,
      });
    if (second !== undefined) ctx.addIssue({ code: 'custom', path: [second], message: 'One comparison only.' });
  })
  .transform((value) => value as z.infer<z.ZodObject<typeof aggregated>> & Compare);
export type Aggregate = z.infer<typeof aggregate>;

/** The comparison alone, without `fn` and `property`. */
export const compareOf = ({ fn: _fn, property: _property, ...compare }: Aggregate): Compare => compare as Compare;

const hourError = { error: 'Two whole hours such as [9, 17]: from 0–23, to 0–24.' };
/** Local hours, from included, to excluded; to before from wraps over midnight. */
const hours = z
  .tuple(
    [z.int(hourError).min(0, hourError.error).max(23, hourError.error), z.int(hourError).min(0, hourError.error).max(24, hourError.error)],
    hourError,
  )
  .refine(([from, to]) => from !== to, 'The two hours are the same.');

export const weekdayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdayNames)[number];
const weekdays = z
  .array(z.enum(weekdayNames, { error: 'One of mon, tue, wed, thu, fri, sat, sun.' }), {
    error: 'A list of mon, tue, wed, thu, fri, sat, sun.',
  })
  .min(1, 'Name at least one day of the week.')
  .max(1000, 'At most 1,000 days.');

const matching = { where: where.optional(), within: windowSchema.optional() };
const clock = { hours: hours.optional(), weekdays: weekdays.optional() };

const countedSchema = z.strictObject({
  did: eventNames,
  ...matching,
  ...clock,
  count: count.optional(),
  aggregate: aggregate.optional(),
  includeZero: z.boolean({ error: 'True or false.' }).optional(),
});

const occurrenceSchema = z.strictObject({
  did: eventNames,
  occurrence: z.enum(['first', 'last'], { error: '"first" or "last".' }),
  where: where.optional(),
  within: windowSchema,
});

export const didSchema = countedSchema.refine((did) => did.count === undefined || did.aggregate === undefined, {
  path: ['aggregate'],
  message: 'A count or an aggregate, not both.',
});
export type Did = z.infer<typeof countedSchema>;

/** Whether a profile without any matching event satisfies the condition. */
export function zeroFits({ includeZero = false, aggregate, count = { gte: 1 } }: Did): boolean {
  if (!includeZero) return false;
  if (aggregate) return aggregate.fn !== 'min' && aggregate.fn !== 'max' && fits(0, compareOf(aggregate));
  return fits(0, count);
}

/** The first or last of its matching events, ever, falls in the window. */
export const firstLastSchema = occurrenceSchema;
export type FirstLast = z.infer<typeof occurrenceSchema>;

export const didNotSchema = z.strictObject({ didNot: eventNames, ...matching, ...clock });
export type DidNot = z.infer<typeof didNotSchema>;

const gap = durationSchema.refine(
  (duration) => !['months', 'years'].includes(durationParts(duration).unit),
  'A gap is elapsed time: in minutes, hours, days or weeks.',
);
export const stepSchema = z.strictObject({ did: eventNames, where: where.optional() });
const missingStep = z.strictObject({ didNot: eventNames, where: where.optional() });
type Step = z.infer<typeof stepSchema>;
type MissingStep = z.infer<typeof missingStep>;

/** A, then B (or no B) at most `gap` later. A lies in the window; B may come after it. */
export const sequenceSchema = z.strictObject({
  sequence: z.tuple(
    [stepSchema, byKey<Step | MissingStep>({ did: stepSchema, didNot: missingStep }, 'Second comes {"did":…} or {"didNot":…}.')],
    {
      error: 'Two steps: [{"did":…},{"did":…}] or [{"did":…},{"didNot":…}].',
    },
  ),
  gap,
  within: windowSchema.optional(),
});
export type Sequence = z.infer<typeof sequenceSchema>;
