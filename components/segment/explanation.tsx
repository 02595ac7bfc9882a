import { Clock } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { changeText, evidenceText, type Moment, pairTexts, seenProperties, shortInstant, type Told, type ToldLeaf } from './explain-words';
import { Tick } from './tick';

/** A definition's tree for one profile: each condition ticked or crossed, with what decided it and when that changes by itself. */
export function Explanation({ tree, moment }: { tree: Told; moment: Moment }) {
  return (
    <ul className="grid gap-3">
      <Condition node={tree} moment={moment} isRoot />
    </ul>
  );
}

/** When the root changes is told above it. */
function Condition({ node, moment, isRoot = false }: { node: Told; moment: Moment; isRoot?: boolean }) {
  const change = isRoot ? null : changeText(node, moment);
  if ('all' in node) return <Group answer={node.answer} words="All of these" parts={node.all} change={change} moment={moment} />;
  if ('any' in node) return <Group answer={node.answer} words="At least one of these" parts={node.any} change={change} moment={moment} />;
  const leaf = 'not' in node ? node.not : node;
  // Of a negated leaf there is one row: ticked where it does not hold.
  if (!('because' in leaf)) return <Group answer={node.answer} words="Not this" parts={[leaf]} change={change} moment={moment} />;
  return (
    <Row answer={node.answer} change={change} title={capitalized(node.phrase)}>
      <p className="text-muted-foreground text-xs">{evidenceText(leaf, moment)}</p>
      <Evidence leaf={leaf} moment={moment} />
    </Row>
  );
}

type GroupProps = { answer: boolean; words: string; parts: readonly Told[]; change: string | null; moment: Moment };

function Group({ answer, words, parts, change, moment }: GroupProps) {
  return (
    <Row answer={answer} change={change} title={words}>
      <Parts parts={parts} moment={moment} />
    </Row>
  );
}

/** A segment's "all" need not be said once more below its name. */
const partsOf = (segment: Told): readonly Told[] => ('all' in segment ? segment.all : [segment]);

function Parts({ parts, moment }: { parts: readonly Told[]; moment: Moment }) {
  return (
    <ul className="mt-1.5 grid gap-3 border-l pl-3">
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no id of their own, and the list does not change in place
        <Condition key={i} node={part} moment={moment} />
      ))}
    </ul>
  );
}

type RowProps = { answer: boolean; change: string | null; title: string; children: ReactNode };

function Row({ answer, change, title, children }: RowProps) {
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2.5">
      <span className="mt-0.5">
        <Tick holds={answer} />
      </span>
      <div className="min-w-0">
        <p className={cn('text-pretty text-sm', answer ? 'font-medium' : 'text-muted-foreground')}>{title}</p>
        {children}
        {change && (
          <p className="mt-1 flex items-center gap-1.5 text-muted-foreground text-xs">
            <Clock aria-hidden className="size-3 shrink-0" /> {change}
          </p>
        )}
      </div>
    </li>
  );
}

function Evidence({ leaf, moment }: { leaf: ToldLeaf; moment: Moment }) {
  const { because } = leaf;
  if (because.kind === 'segment') return because.explained && <Parts parts={partsOf(because.explained)} moment={moment} />;
  if (because.kind === 'sequence')
    return <Facts rows={because.pairs.map((pair) => ({ key: pair.first.time, ...pairTexts(pair, moment) }))} />;
  if (because.kind !== 'events') return null;
  return (
    <Facts
      rows={because.newest.map((event) => ({ key: event.time, text: shortInstant(event.time, moment), note: seenProperties(event) }))}
    />
  );
}

function Facts({ rows }: { rows: readonly { key: string; text: string; note: string }[] }) {
  if (rows.length === 0) return null;
  return (
    <ol className="mt-1 grid gap-0.5 text-xs">
      {rows.map(({ key, text, note }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two events may share an instant
        <li key={`${key} ${i}`} className="flex min-w-0 gap-2">
          <span className="shrink-0 tabular-nums">{text}</span>
          <span className="line-clamp-2 min-w-0 break-words text-muted-foreground" title={note}>
            {note}
          </span>
        </li>
      ))}
    </ol>
  );
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
