import type { PropertyCondition } from '@/lib/segment/definition';
import type { PropertyView } from './catalogue';

type Op = PropertyCondition['op'];
type Type = PropertyView['type'];

/** How operators are said, by the type of property they are for; what marketers mean most comes first. */
const byType: Record<Type, readonly [Op, string][]> = {
  text: [
    ['is', 'is'],
    ['isNot', 'is not'],
    ['isOneOf', 'is one of'],
    ['isNoneOf', 'is none of'],
    ['contains', 'contains'],
    ['notContains', 'does not contain'],
    ['startsWith', 'starts with'],
    ['endsWith', 'ends with'],
    ['matches', 'matches the pattern'],
  ],
  number: [
    ['gt', 'over'],
    ['gte', 'at least'],
    ['lt', 'under'],
    ['lte', 'at most'],
    ['between', 'between'],
    ['eq', 'equal to'],
    ['ne', 'not equal to'],
  ],
  boolean: [
    ['is', 'is'],
    ['isNot', 'is not'],
  ],
  date: [
    ['inLast', 'in the last'],
    ['notInLast', 'not in the last'],
    ['inNext', 'in the next'],
    ['dateOn', 'on'],
    ['dateBefore', 'before'],
    ['dateAfter', 'after'],
    ['dateBetween', 'between days'],
    ['anniversaryIn', 'has its anniversary'],
  ],
  list: [
    ['containsAny', 'contains any of'],
    ['containsAll', 'contains all of'],
    ['containsNone', 'contains none of'],
  ],
};

const always: readonly [Op, string][] = [
  ['exists', 'is known'],
  ['notExists', 'is unknown'],
];

const typeWords: Record<Type, string> = {
  text: 'As a text',
  number: 'As a number',
  boolean: 'As true or false',
  date: 'As a date',
  list: 'As a list',
};

export type Choice = { key: string; op: Op; type: Type; label: string };

const choice = (type: Type, op: Op, label: string): Choice => ({ key: keyOf(type, op), op, type, label });

/** `is` is there twice: for texts, and for true and false. */
export const keyOf = (type: Type, op: Op): string => (type === 'boolean' && (op === 'is' || op === 'isNot') ? `${op} boolean` : op);

/** Of the property's own type, then of every other: a property may have been sent in several. */
export function choicesFor(type: Type): { own: Choice[]; others: { label: string; choices: Choice[] }[] } {
  const of = (each: Type) => byType[each].map(([op, label]) => choice(each, op, label));
  const others = (Object.keys(byType) as Type[]).filter((each) => each !== type);
  return {
    own: [...of(type), ...always.map(([op, label]) => choice(type, op, label))],
    others: others.map((each) => ({ label: typeWords[each], choices: of(each) })),
  };
}

/** The type an operator is for; where several have it, the one the catalogue knows. */
export function typeOfOperator(op: Op, known: Type | undefined, value: unknown): Type {
  if (op === 'exists' || op === 'notExists') return known ?? 'text';
  if (op === 'is' || op === 'isNot') {
    if (typeof value === 'boolean') return 'boolean';
    return known === 'boolean' && value === undefined ? 'boolean' : 'text';
  }
  return (Object.keys(byType) as Type[]).find((type) => byType[type].some(([each]) => each === op)) ?? 'text';
}

/** What one most likely asks of a property. */
export function firstOperator({ type, values }: Pick<PropertyView, 'type' | 'values'>): Op {
  if (type === 'text') return values.length > 0 ? 'isOneOf' : 'is';
  return byType[type][0]?.[0] ?? 'is';
}

/** What a value begins as when its operator is chosen, keeping what fits; undefined where somebody must say it. */
export function valueFor(op: Op, type: Type, before: unknown): unknown {
  switch (op) {
    case 'exists':
    case 'notExists':
      return undefined;
    case 'isOneOf':
    case 'isNoneOf':
    case 'containsAny':
    case 'containsAll':
    case 'containsNone':
      return Array.isArray(before) && typeof before[0] === 'string' ? before : typeof before === 'string' && before ? [before] : [];
    case 'between':
      return typeof before === 'number' ? [before, before] : isPair(before, 'number') ? before : [Number.NaN, Number.NaN];
    case 'eq':
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return typeof before === 'number' ? before : isPair(before, 'number') ? before[0] : Number.NaN;
    case 'dateBetween':
      return isDay(before) ? [before, before] : ['', ''];
    case 'dateBefore':
    case 'dateAfter':
    case 'dateOn':
      return isDay(before) ? before : Array.isArray(before) && isDay(before[0]) ? before[0] : '';
    case 'inLast':
    case 'inNext':
    case 'notInLast':
      return isDuration(before) ? before : { days: 30 };
    case 'anniversaryIn':
      return { days: isDuration(before) && 'days' in before ? before.days : 7 };
    default:
      if (type === 'boolean') return typeof before === 'boolean' ? before : true;
      return typeof before === 'string' ? before : Array.isArray(before) && typeof before[0] === 'string' ? before[0] : undefined;
  }
}

const isPair = (value: unknown, type: 'number'): value is [number, number] => Array.isArray(value) && typeof value[0] === type;
const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
const isDuration = (value: unknown): value is Record<string, number> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 1;

const looksNumeric = /^-?\d+([.,]\d+)?$/;

/** Numbers that were sent as texts never compare as numbers: whoever compares them so is told. */
export const isTextOfNumbers = ({ type, values }: PropertyView): boolean =>
  type === 'text' && values.length > 0 && values.every(({ value }) => looksNumeric.test(value));
