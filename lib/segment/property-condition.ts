import { z } from 'zod';
import { dateTextSchema, daySchema, durationSchema } from './dates';

/** Conditions on a property: of a profile, or, inside `where`, of an event. */

export const propertyName = z.string({ error: 'Name a property.' }).min(1, 'Name a property.');
const text = z.string({ error: 'A text.' });
const pattern = z.string({ error: 'A pattern.' }).min(1, 'A pattern is not empty.');
const texts = z
  .array(text, { error: 'A list of texts.' })
  .min(1, 'A list needs at least one value.')
  .max(1000, 'A list may have at most 1,000 values.');
const number = z.number({ error: 'A number.' });
const ignoreCase = z.boolean({ error: 'True or false.' }).optional();

const withOp = <const O extends string, S extends z.ZodRawShape>(op: O, shape: S) =>
  z.strictObject({ property: propertyName, op: z.literal(op), ...shape });

const textOrBoolean = z.union([text, z.boolean()], { error: 'A text, or true or false.' });

const wholeDays = 'A whole number from 0 (today).';

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
  withOp('between', {
    value: z.tuple([number, number], { error: 'Two numbers.' }).refine(([a, b]) => a <= b, 'The first number is larger than the second.'),
  }),
  withOp('dateBefore', { value: dateTextSchema }),
  withOp('dateAfter', { value: dateTextSchema }),
  withOp('dateOn', { value: daySchema }),
  withOp('dateBetween', {
    value: z.tuple([daySchema, daySchema], { error: 'Two days.' }).refine(([a, b]) => a <= b, 'The first day is after the second.'),
  }),
  withOp('inLast', { value: durationSchema }),
  withOp('inNext', { value: durationSchema }),
  withOp('notInLast', { value: durationSchema }),
  withOp('anniversaryIn', {
    value: z.strictObject({ days: z.int({ error: wholeDays }).min(0, wholeDays) }, { error: 'A number of days such as {"days":7}.' }),
  }),
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

/** After a year and a day every date has come round. */
export const anniversaryDays = ({ days }: { days: number }): number => Math.min(days, 366);
