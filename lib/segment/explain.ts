import type { ReachingIdentifier } from '@/lib/identity/identifiers';
import type { Definition, Leaf } from './definition';
import { describeCondition, type SegmentNames } from './describe';

/** One condition's answer from the asked instant on, as long as nothing happens. Instants in milliseconds. */
export type Course = {
  answer: boolean;
  /** Each instant at which the answer becomes the other one, in order. */
  turns: number[];
  /** Nothing is known of what comes after; Infinity: all is known. */
  until: number;
};

/** One of the profile's events, with those of its properties that the condition looks at. */
export type Seen = { event: string; time: Date; properties: Record<string, unknown> };

/** What decided a condition. Identifiers are told as there or not, never by value. */
export type Because =
  | {
      kind: 'events';
      /** In the window, passing every filter. */
      count: number;
      /** Of an aggregate; null where there is none. */
      value?: number | null;
      /** The newest of them. */
      newest: Seen[];
      /** Where there is none: the newest event that misses by its time or by the filters alone. */
      nearest?: Seen & { misses: 'window' | 'filters' };
    }
  | { kind: 'occurrence'; event: Seen | null }
  | {
      kind: 'sequence';
      /** The newest first events in the window, those that decided it before the others; `second` where it came in time. */
      pairs: { first: Seen; second: Seen | null; deadline: Date }[];
    }
  | { kind: 'property'; value: unknown }
  /** `known`: which of those asked for there are. */
  | { kind: 'has'; has: boolean; known: (ReachingIdentifier | 'birthDay')[] }
  | { kind: 'bucket'; bucket: number }
  | { kind: 'segment'; name: string /** Null for a list. */; explained: Explained | null };

type Answered = {
  answer: boolean;
  /** When the answer becomes the other one by the passage of time alone; null: never. */
  changesAt: Date | null;
  /** Where too many instants would have to be looked at: the answer holds until here at least, and no more is known. */
  steadyUntil?: Date;
};

/** The definition again, each condition with its answer; a leaf with its phrase and with what decided it. */
export type Explained = Answered &
  ({ all: Explained[] } | { any: Explained[] } | { not: Explained; phrase: string } | (Leaf & { phrase: string; because: Because }));

export type ExplainedCourse = { tree: Explained; course: Course };
export type Decided = { course: Course; because: Because };

/** @param decided of each leaf, by its path. */
export function explainedTree(definition: Definition, decided: (path: string) => Decided, names: SegmentNames): ExplainedCourse {
  const walk = (each: Definition, path: string): ExplainedCourse => {
    const inner = (child: Definition, part: string) => walk(child, path ? `${path}.${part}` : part);
    if ('all' in each) {
      const parts = each.all.map((child, i) => inner(child, `all[${i}]`));
      const course = joined(parts, (answers) => answers.every(Boolean));
      return { tree: { all: parts.map((part) => part.tree), ...answered(course) }, course };
    }
    if ('any' in each) {
      const parts = each.any.map((child, i) => inner(child, `any[${i}]`));
      const course = joined(parts, (answers) => answers.some(Boolean));
      return { tree: { any: parts.map((part) => part.tree), ...answered(course) }, course };
    }
    const phrase = describeCondition(each, names);
    if ('not' in each) {
      const { tree, course: within } = inner(each.not, 'not');
      const course = { ...within, answer: !within.answer };
      return { tree: { not: tree, phrase, ...answered(course) }, course };
    }
    const { course, because } = decided(path);
    return { tree: { ...each, phrase, ...answered(course), because }, course };
  };
  return walk(definition, '');
}

function answered({ answer, turns, until }: Course): Answered {
  const [first] = turns;
  if (first !== undefined) return { answer, changesAt: new Date(first) };
  return { answer, changesAt: null, ...(until === Infinity ? {} : { steadyUntil: new Date(until) }) };
}

/** The course of a formula over others. */
function joined(parts: readonly { course: Course }[], formula: (answers: boolean[]) => boolean): Course {
  const courses = parts.map((part) => part.course);
  const until = Math.min(...courses.map((course) => course.until));
  const instants = [...new Set(courses.flatMap((course) => course.turns))].sort((a, b) => a - b).filter((at) => at <= until);
  const answer = formula(courses.map((course) => course.answer));
  const turns: number[] = [];
  for (const at of instants) {
    const now = formula(courses.map((course) => answerAt(course, at)));
    if (now !== (turns.length % 2 === 0 ? answer : !answer)) turns.push(at);
  }
  return { answer, turns, until };
}

/** Within what is known. */
const answerAt = ({ answer, turns }: Course, at: number): boolean =>
  turns.filter((turn) => turn <= at).length % 2 === 0 ? answer : !answer;

/** From the answers at instants in order, the first being the asked one. */
export function courseOf(answers: readonly { at: number; answer: boolean }[], until: number): Course {
  const turns = answers.filter(({ answer }, i) => i > 0 && answer !== answers[i - 1]?.answer).map(({ at }) => at);
  return { answer: answers[0]?.answer ?? false, turns, until };
}

/** As JSON carries it: instants are ISO text. */
export type Sent<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Sent<T[K]> } : T;
