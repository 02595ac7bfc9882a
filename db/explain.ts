import type { WorkspaceId } from '@/lib/auth';
import { invariant } from '@/lib/errors';
import type { CompileContext } from '@/lib/segment/compile-context';
import { conditionsOf, type Definition, type InSegment, type Leaf } from '@/lib/segment/definition';
import { courseOf, type Decided, type Explained, type ExplainedCourse, explainedTree } from '@/lib/segment/explain';
import { boundsOf } from '@/lib/segment/window';
import { becauseOf } from './because';
import type { Database } from './client';
import { type Life, lifeOf } from './life';
import { runSegmentQueries, type SegmentQueries } from './segment-query';
import { segmentNames } from './segment-references';
import { compileContext } from './segments';
import { turningPoints } from './turning-points';

/**
 * Why the profile is in the segment at `at`, or why not: each condition with its answer, what decided it, and when the answer changes if
 * nothing happens after `at`. Answers are those of the compiled query itself, over this one profile's rows.
 */
export async function explain(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  profileId: string,
  at: Date,
  now: Date,
  signal?: AbortSignal,
): Promise<Explained> {
  const context = await compileContext(db, workspaceId, definition, { at, now });
  const names = await segmentNames(db, workspaceId, [...context.segments.keys()]);
  const explained = (rows: SegmentQueries) => new Explanation(lifeOf(rows, profileId, context), names).of(definition);
  return (await runSegmentQueries(db, explained, signal)).tree;
}

class Explanation {
  /** A segment is explained once, however often it is referred to. */
  private readonly segments = new Map<string, ExplainedCourse>();

  constructor(
    private readonly life: Life,
    private readonly names: ReadonlyMap<string, string>,
  ) {}

  async of(definition: Definition): Promise<ExplainedCourse> {
    const decided = new Map<string, Decided>();
    for (const { condition, path } of conditionsOf(definition)) if (isLeaf(condition)) decided.set(path, await this.decided(condition));
    const told = (path: string) => {
      const found = decided.get(path);
      invariant(found, 'every leaf is decided');
      return found;
    };
    return explainedTree(definition, told, this.names);
  }

  private async decided(leaf: Leaf): Promise<Decided> {
    if ('segment' in leaf) return this.decidedSegment(leaf);
    const { at } = this.life.context;
    const { instants, until } = await turningPoints(leaf, this.life);
    const asked = [at, ...instants.map((ms) => new Date(ms))];
    const since = firstSeenBy(leaf, this.life.context);
    const answers = await this.life.answers(
      asked.map((each) => ({ definition: leaf, at: each })),
      since,
    );
    const course = courseOf(
      asked.map((each, i) => ({ at: each.getTime(), answer: answers[i] === true })),
      until,
    );
    return { course, because: await becauseOf(leaf, course.answer, this.life) };
  }

  private async decidedSegment({ segment: key }: InSegment): Promise<Decided> {
    const source = this.life.context.segments.get(key);
    invariant(source, 'every segment referred to is known');
    const name = this.names.get(key) ?? key;
    if ('definition' in source) {
      const known = this.segments.get(key) ?? (await this.of(source.definition));
      this.segments.set(key, known);
      return { course: known.course, because: { kind: 'segment', name, explained: known.tree } };
    }
    const [answer] = await this.life.answers([{ definition: { segment: key }, at: this.life.context.at }]);
    return { course: { answer: answer === true, turns: [], until: Infinity }, because: { kind: 'segment', name, explained: null } };
  }
}

/** Where its window begins: that only moves forward. Null: from the first event on. */
function firstSeenBy(leaf: Leaf, { zone, at }: CompileContext): Date | null {
  if ('occurrence' in leaf || !('within' in leaf)) return null;
  return boundsOf(leaf.within ?? 'ever', zone, at).from;
}

const isLeaf = (condition: Definition): condition is Leaf => !('all' in condition || 'any' in condition || 'not' in condition);
