'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Compare } from '@/lib/segment/behaviour';
import type { BuilderCatalogue } from './catalogue';
import { PropertyFields } from './property-fields';
import { type BehaviourNode, newProperty } from './tree';
import { WindowField } from './window-field';

type Props = { node: BehaviourNode; catalogue: BuilderCatalogue; now: Date; onChange: (node: BehaviourNode) => void };

/** Did or did not: event, how often, filters, window. */
export function BehaviourFields({ node, catalogue, now, onChange }: Props) {
  const names = node.event.split('\n');
  const properties = catalogue.events.find((event) => event.name === names[0])?.properties ?? [];
  const change = (part: Partial<BehaviourNode>) => onChange({ ...node, ...part });
  return (
    <div className="grid gap-2.5">
      <div className="flex flex-wrap items-start gap-2">
        <Select
          aria-label="Did or did not"
          value={node.kind}
          onChange={(event) => change({ kind: event.target.value as 'did' | 'didNot' })}
        >
          <option value="did">did</option>
          <option value="didNot">did not do</option>
        </Select>
        <Combobox
          free
          label="Event"
          placeholder="Event…"
          value={names.length > 1 ? names.join(' or ') : node.event}
          options={catalogue.events.map(({ name }) => ({ value: name }))}
          onChange={(event) => change({ event, where: event === node.event ? node.where : [] })}
          className="w-56"
        />
        {node.kind === 'did' && <CountField count={node.count} onChange={(count) => change({ count })} />}
        <WindowField value={node.window} onChange={(window) => change({ window })} zone={catalogue.zone} now={now} />
      </div>
      {node.where.map((filter, i) => (
        <div key={filter.id} className="flex flex-wrap items-center gap-2 border-border border-l-2 pl-3">
          <span className="w-10 text-muted-foreground text-sm">{i === 0 ? 'with' : 'and'}</span>
          <PropertyFields
            node={filter}
            properties={properties}
            onChange={(next) => change({ where: node.where.map((each) => (each.id === filter.id ? next : each)) })}
          />
          <Button
            variant="ghost"
            size="icon"
            aria-label="Remove this filter"
            onClick={() => change({ where: node.where.filter((each) => each.id !== filter.id) })}
          >
            <X aria-hidden />
          </Button>
        </div>
      ))}
      {node.event !== '' && (
        <Button
          variant="ghost"
          size="sm"
          className="w-fit text-muted-foreground"
          onClick={() => change({ where: [...node.where, newProperty()] })}
        >
          <Plus aria-hidden /> Filter by a property
        </Button>
      )}
    </div>
  );
}

const counts: [string, string][] = [
  ['gte', 'at least'],
  ['eq', 'exactly'],
  ['lte', 'at most'],
  ['gt', 'more than'],
  ['lt', 'fewer than'],
  ['between', 'between'],
];

function CountField({ count, onChange }: { count: Compare; onChange: (count: Compare) => void }) {
  const op = Object.keys(count)[0] ?? 'gte';
  const value = Object.values(count)[0] as number | [number, number];
  const [first, last] = Array.isArray(value) ? value : [value, value];
  const number = (label: string, shown: number, change: (n: number) => void) => (
    <Input
      type="number"
      min={0}
      aria-label={label}
      className="w-18 tabular-nums"
      value={Number.isNaN(shown) ? '' : shown}
      onChange={(event) => change(event.target.valueAsNumber)}
    />
  );
  return (
    <span className="flex items-center gap-2">
      <Select
        aria-label="How often"
        value={op}
        onChange={(event) =>
          onChange((event.target.value === 'between' ? { between: [first, first + 1] } : { [event.target.value]: first }) as Compare)
        }
      >
        {counts.map(([each, label]) => (
          <option key={each} value={each}>
            {label}
          </option>
        ))}
      </Select>
      {op === 'between' ? (
        <>
          {number('From', first, (n) => onChange({ between: [n, last] }))}
          {number('To', last, (n) => onChange({ between: [first, n] }))}
        </>
      ) : (
        number('Times', first, (n) => onChange({ [op]: n } as Compare))
      )}
      <span className="text-muted-foreground text-sm">times</span>
    </span>
  );
}
