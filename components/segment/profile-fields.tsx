'use client';

import { Combobox } from '@/components/ui/combobox';
import { Select } from '@/components/ui/select';
import { useBuilderWorld } from './builder-state';
import type { FieldFault } from './faults';
import { FaultLines, Line, Part, quiet, told } from './field-part';
import { NumberInput } from './number-input';
import type { BucketNode, HasNode, SegmentNode } from './tree';

type Props<N> = { node: N; faults: readonly FieldFault[]; onChange: (node: N) => void };

const hasWords: readonly [HasNode['has'], string, string][] = [
  ['reachable', 'can be reached on Facebook', 'cannot be reached on Facebook'],
  ['email', 'has an email', 'has no email'],
  ['phone', 'has a phone number', 'has no phone number'],
  ['mobileAdvertiserId', 'has a mobile advertiser id', 'has no mobile advertiser id'],
  ['birthDay', 'has a birthday', 'has no birthday'],
];

/** How somebody can be reached, or cannot. */
export function HasFields({ node, onChange }: Props<HasNode>) {
  const choose = (key: string) => {
    const [has = 'reachable', not] = key.split(' ') as [HasNode['has']?, string?];
    onChange({ ...node, has, not: not === 'not' });
  };
  return (
    <Line>
      <Part field="value">
        <Select
          dense
          aria-label="How they can be reached"
          value={node.not ? `${node.has} not` : node.has}
          onChange={(event) => choose(event.target.value)}
        >
          {hasWords.map(([has, yes]) => (
            <option key={has} value={has}>
              {yes}
            </option>
          ))}
          {hasWords.map(([has, , no]) => (
            <option key={`${has} not`} value={`${has} not`}>
              {no}
            </option>
          ))}
        </Select>
      </Part>
      {node.has === 'reachable' && <span className="text-muted-foreground text-xs">by email, phone or mobile advertiser id</span>}
    </Line>
  );
}

/** In a saved or list segment, or not. */
export function SegmentFields({ node, faults, onChange }: Props<SegmentNode>) {
  const { catalogue } = useBuilderWorld();
  const isGone = node.segment !== '' && !catalogue.segments.some(({ key }) => key === node.segment);
  return (
    <Line>
      <InOrOut node={node} onChange={onChange} />
      <span className={quiet}>the segment</span>
      <Part field="segment">
        <Combobox
          label="Segment"
          placeholder="Choose a segment"
          value={node.segment}
          options={catalogue.segments.map(({ key, name }) => ({ value: key, label: name }))}
          onChange={(segment) => onChange({ ...node, segment })}
          className="h-8 w-auto max-w-72 rounded-md px-2.5 font-medium"
          {...told(faults, node.id, 'segment')}
        />
      </Part>
      {isGone && (
        <p className="basis-full text-warning-foreground text-xs">There is no segment with this key. Choose another, or make it.</p>
      )}
      <FaultLines id={node.id} fields={['segment']} faults={faults} />
    </Line>
  );
}

/** A share of all profiles by a number from 0 to 999 that each keeps for life. */
export function BucketFields({ node, faults, onChange }: Props<BucketNode>) {
  const [from, to] = node.bucket;
  const share = (to - from + 1) / 10;
  const change = (first: number, last: number) => onChange({ ...node, bucket: [first, last] });
  return (
    <Line className="gap-y-2">
      <InOrOut node={node} onChange={onChange} />
      <span className={quiet}>a fixed random share of</span>
      <Part field="bucket">
        <span className="inline-flex items-center gap-2">
          <input
            type="range"
            aria-label="Share"
            aria-valuetext={`${share} percent`}
            min={1}
            max={1000 - from}
            value={Number.isNaN(share) ? 1 : Math.max(1, to - from + 1)}
            className="w-32 accent-primary"
            onChange={(event) => change(from, from + event.target.valueAsNumber - 1)}
          />
          <output className="w-14 font-medium text-sm tabular-nums">{Number.isNaN(share) || share < 0 ? '–' : `${share} %`}</output>
        </span>
        <span className={quiet}>numbers</span>
        <NumberInput
          whole
          label="From number"
          min={0}
          max={999}
          value={from}
          onChange={(first) => change(first, to)}
          className="w-16"
          {...told(faults, node.id, 'bucket')}
        />
        <span className={quiet}>to</span>
        <NumberInput
          whole
          label="To number"
          min={0}
          max={999}
          value={to}
          onChange={(last) => change(from, last)}
          className="w-16"
          {...told(faults, node.id, 'bucket')}
        />
      </Part>
      <p className="basis-full text-muted-foreground text-xs">
        Everybody has a number from 0 to 999 that never changes: two segments with other numbers share nobody.
      </p>
      <FaultLines id={node.id} fields={['bucket']} faults={faults} />
    </Line>
  );
}

function InOrOut<N extends SegmentNode | BucketNode>({ node, onChange }: Omit<Props<N>, 'faults'>) {
  return (
    <Select
      dense
      aria-label="In or not in"
      value={node.not ? 'not' : 'in'}
      onChange={(event) => onChange({ ...node, not: event.target.value === 'not' })}
    >
      <option value="in">is in</option>
      <option value="not">is not in</option>
    </Select>
  );
}
