import { z } from 'zod';
import { dateTextSchema, daySchema, durationSchema } from './dates';

/** Conditions on a property: of a profile, or, inside `where`, of an event. */

const property = z.string({ error: 'Name a property.' }).min(1, 'Name a property.').max(512, 'At most 512 characters.');
const text = z.string({ error: 'A text.' }).max(2000, 'At most 2,000 characters.');
const pattern = z.string({ error: 'A pattern.' }).min(1, 'A pattern is not empty.').max(500, 'At most 500 characters.');
const texts = z.array(text).min(1, 'A list needs at least one value.').max(1000, 'A list may have at most 1,000 values.');
const number = z.number({ error: 'A number.' });
const ignoreCase = z.boolean().optional();

const withOp = <const O extends string, S extends z.ZodRawShape>(op: O, shape: S) =>
  z.strictObject({ property, op: z.literal(op), ...shape });

const textOrBoolean = z.union([text, z.boolean()], { error: 'A text, or true or false.' });
const range = (bound: z.ZodType<string>) => z.tuple([bound, bound]);

const schemas = [
  withOp('exists', {}),
  withOp('notExists', {}),
  withOp('is', { value: textOrBoolean, ignoreCase }),
  withOp('isNot', { value: textOrBoolean, ignoreCase }),
  withOp('isOneOf', { value: texts, ignoreCase }),
  withOp('isNoneOf', { value: texts, ignoreCase }),
  withOp('contains', { value: text, ignoreCase }),
  withOp('notContains', { value: text, ignoreCase }),
  withOp('startsWith', { value: text, ignoreCase }),
  withOp('endsWith', { value: text, ignoreCase }),
  withOp('matches', { value: pattern, ignoreCase }),
  withOp('eq', { value: number }),
  withOp('ne', { value: number }),
  withOp('gt', { value: number }),
  withOp('gte', { value: number }),
  withOp('lt', { value: number }),
  withOp('lte', { value: number }),
  withOp('between', { value: z.tuple([number, number]).refine(([a, b]) => a <= b, 'The first number is larger than the second.') }),
  withOp('dateBefore', { value: dateTextSchema }),
  withOp('dateAfter', { value: dateTextSchema }),
  withOp('dateOn', { value: daySchema }),
  withOp('dateBetween', { value: range(daySchema).refine(([a, b]) => a <= b, 'The first day is after the second.') }),
  withOp('inLast', { value: durationSchema }),
  withOp('inNext', { value: durationSchema }),
  withOp('notInLast', { value: durationSchema }),
  withOp('anniversaryIn', { value: z.strictObject({ days: z.int().min(0).max(366) }, { error: 'A number of days such as {"days":7}.' }) }),
  withOp('containsAny', { value: texts }),
  withOp('containsAll', { value: texts }),
  withOp('containsNone', { value: texts }),
] as const;

export const propertyConditionSchema = z.discriminatedUnion('op', schemas, {
  error: (issue) => (issue.code === 'invalid_union' ? 'There is no such operator.' : undefined),
});

export type Operator = z.infer<typeof propertyConditionSchema>['op'];

/** Beside the customer's own properties: columns of the profile. */
export const builtInProperties = {
  $firstSeen: 'date',
  $lastSeen: 'date',
  $country: 'text',
  $city: 'text',
  $language: 'text',
  $platform: 'text',
} as const;
