'use client';

import { Clock } from 'lucide-react';
import type { ReactNode } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Select } from '@/components/ui/select';
import { useBuilderWorld } from './builder-state';
import { propertiesOfEvents } from './catalogue';
import { ClockFields } from './clock-fields';
import { holdsForZero } from './compare-field';
import { DurationField, gapUnits } from './duration-field';
import type { FieldFault } from './faults';
import { FaultLines, Line, Part, told } from './field-part';
import { MeasureFields } from './measure-fields';
import { AddFilter, SmallButton, StepEvents } from './step-fields';
import { StepFilters } from './step-filters';
import type { BehaviourNode, Step } from './tree';
import { WindowField } from './window-field';
import { boundsText } from './window-kinds';

export type BehaviourProps = { node: BehaviourNode; faults: readonly FieldFault[]; onChange: (node: BehaviourNode) => void };

/** What somebody did or did not do: events, filters, how often or how much, when; of a sequence what comes next. */
export function BehaviourFields({ node, faults, onChange }: BehaviourProps) {
  const { catalogue } = useBuilderWorld();
  const { verb, step, measure } = node;
  const change = (part: Partial<BehaviourNode>) => onChange({ ...node, ...part });
  const isSequence = verb === 'then' || verb === 'thenNot';
  const hasClock = !isSequence && measure.by !== 'first' && measure.by !== 'last';
  return (
    <div className="grid min-w-0 gap-1.5">
      <Line>
        <VerbSelect node={node} onChange={(next) => change({ verb: next })} />
        <StepEvents
          id={isSequence ? step.id : node.id}
          label="Event"
          step={step}
          faults={faults}
          onChange={(next) => change({ step: next })}
        />
        {verb === 'did' && (
          <Part field="measure">
            <MeasureFields
              value={measure}
              properties={propertiesOfEvents(catalogue, step.events)}
              onChange={(next) => change({ measure: next })}
              {...told(faults, node.id, 'measure')}
            />
          </Part>
        )}
        <Part field="window">
          <WindowField value={node.window} onChange={(window) => change({ window })} {...told(faults, node.id, 'window')} />
        </Part>
        <FaultLines id={node.id} fields={['measure', 'window', 'where']} faults={faults} />
      </Line>
      <StepFilters step={step} faults={faults} onChange={(next) => change({ step: next })} />
      {hasClock && (node.hours || node.weekdays) && <ClockFields node={node} faults={faults} onChange={change} />}
      {verb === 'did' && <ZeroField node={node} onChange={(includeZero) => change({ includeZero })} />}
      <Below node={node}>
        <AddFilter step={step} onChange={(next) => change({ step: next })} />
        {hasClock && !node.hours && !node.weekdays && (
          <SmallButton onClick={() => change({ hours: [9, 17] })}>
            <Clock aria-hidden /> Time of day
          </SmallButton>
        )}
      </Below>
      {isSequence && <SecondStep node={node} faults={faults} onChange={onChange} />}
    </div>
  );
}

function VerbSelect({ node, onChange }: { node: BehaviourNode; onChange: (verb: BehaviourNode['verb']) => void }) {
  return (
    <Select dense aria-label="What they did" value={node.verb} onChange={(event) => onChange(event.target.value as BehaviourNode['verb'])}>
      <option value="did">did</option>
      <option value="didNot">did not do</option>
      <option value="then">did, and then did</option>
      <option value="thenNot">did, and then did not do</option>
    </Select>
  );
}

function SecondStep({ node, faults, onChange }: BehaviourProps) {
  const { second, gap } = node;
  const change = (next: Step) => onChange({ ...node, second: next });
  return (
    <div data-node={second.id} className="grid min-w-0 gap-1.5">
      <Line>
        <span className="text-muted-foreground text-sm">{node.verb === 'then' ? 'and then did' : 'and then did not do'}</span>
        <StepEvents id={second.id} label="Next event" step={second} faults={faults} onChange={change} />
        <span className="text-muted-foreground text-sm">within</span>
        <span data-node={node.id} className="contents">
          <Part field="gap">
            <DurationField
              label="Within"
              units={gapUnits}
              value={gap}
              onChange={(next) => onChange({ ...node, gap: next })}
              {...told(faults, node.id, 'gap')}
            />
          </Part>
        </span>
        <FaultLines id={node.id} fields={['gap']} faults={faults} />
      </Line>
      <StepFilters step={second} faults={faults} onChange={change} />
      <Line className="-ml-1.5">
        <AddFilter step={second} onChange={change} />
        {node.verb === 'thenNot' && <span className="text-muted-foreground text-xs">They join once that time has passed without it.</span>}
      </Line>
    </div>
  );
}

/** What can be added, and the two instants that the window means. */
function Below({ node, children }: { node: BehaviourNode; children: ReactNode }) {
  const { catalogue, at, isNow } = useBuilderWorld();
  return (
    <div className="-ml-1.5 flex min-h-6 flex-wrap items-center gap-x-1 gap-y-0.5">
      {children}
      <span suppressHydrationWarning className="ml-1.5 text-muted-foreground text-xs tabular-nums">
        {boundsText(node.window, catalogue.zone, at, isNow)}
      </span>
    </div>
  );
}

/** Only where it makes a difference, or somebody has asked for it. */
function ZeroField({ node, onChange }: { node: BehaviourNode; onChange: (includeZero: boolean) => void }) {
  const { measure, includeZero } = node;
  const counts = measure.by === 'count' || measure.by === 'sum' || measure.by === 'avg' || measure.by === 'distinct';
  if (!(includeZero || (counts && holdsForZero(measure.compare)))) return null;
  const id = `${node.id}-zero`;
  return (
    <div className="flex items-start gap-2 text-sm">
      <Checkbox id={id} className="mt-0.5" checked={includeZero} onCheckedChange={(checked) => onChange(checked === true)} />
      <label htmlFor={id}>
        Include users who never did it
        <span className="block text-muted-foreground text-xs">
          {includeZero ? 'They count as 0, and are in where 0 fits.' : 'As it stands, only users who did it at least once are counted.'}
        </span>
      </label>
    </div>
  );
}
