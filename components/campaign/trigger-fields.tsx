'use client';

import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useBuilderWorld } from '@/components/segment/builder-state';
import { DurationField, gapUnits } from '@/components/segment/duration-field';
import type { FieldFault } from '@/components/segment/faults';
import { Line, quiet } from '@/components/segment/field-part';
import { NumberInput } from '@/components/segment/number-input';
import { AddFilter, SmallButton, StepEvents } from '@/components/segment/step-fields';
import { StepFilters } from '@/components/segment/step-filters';
import { newStep, type Step } from '@/components/segment/tree';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Combobox } from '@/components/ui/combobox';
import { FieldError } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { birthday } from '@/lib/live/trigger';
import { ChoiceCards } from './choice-cards';
import type { LiveReading, LiveValues } from './live-values';

export type LiveProps = { values: LiveValues; reading: LiveReading; shows: boolean; onChange: (part: Partial<LiveValues>) => void };

const kinds = [
  { value: 'on', title: 'They do something', line: 'An event, a page visit, a referrer: in within seconds.' },
  { value: 'sequence', title: 'They do not follow up', line: 'One thing, and then not another within a time.' },
  { value: 'date', title: 'A date comes round', line: 'Days before or after a renewal, a birthday, …' },
] as const;

/** What makes somebody qualify. */
export function TriggerFields(props: LiveProps) {
  const { values, onChange } = props;
  return (
    <div className="grid gap-3">
      <ChoiceCards
        label="What makes somebody qualify"
        name="trigger"
        options={kinds}
        value={values.kind}
        onChange={(kind) => onChange({ kind, ...exitFor(kind, values) })}
        className="lg:grid-cols-3"
      />
      {values.kind === 'on' && (
        <StepList
          steps={values.on}
          lead="They do"
          faults={shown(props)}
          least={1}
          more="Or another event"
          onChange={(on) => onChange({ on })}
        />
      )}
      {values.kind === 'sequence' && <InactionFields {...props} />}
      {values.kind === 'date' && <DateFields {...props} />}
    </div>
  );
}

/** Whoever does it after all has no place among those who did not. */
const exitFor = (kind: LiveValues['kind'], { exit, missing }: LiveValues): Partial<LiveValues> =>
  kind === 'sequence' && exit.length === 0 && missing.events.length > 0 ? { exit: [{ ...newStep(...missing.events), where: [] }] } : {};

const shown = ({ reading, shows }: LiveProps): readonly FieldFault[] => (shows ? reading.faults : []);

export function StepList(props: {
  steps: readonly Step[];
  lead: string;
  faults: readonly FieldFault[];
  /** So many rows cannot be taken away. */
  least: number;
  more: string;
  onChange: (steps: Step[]) => void;
}) {
  const { steps, lead, faults, least, more, onChange } = props;
  return (
    <div className="grid gap-2">
      {steps.map((step, i) => (
        <StepRow
          key={step.id}
          step={step}
          lead={i === 0 ? lead : 'or'}
          faults={faults}
          onChange={(next) => onChange(steps.map((each) => (each.id === next.id ? next : each)))}
          onRemove={steps.length > least ? () => onChange(steps.filter((each) => each.id !== step.id)) : null}
        />
      ))}
      {steps.length < 10 && (
        <SmallButton onClick={() => onChange([...steps, newStep()])}>
          <Plus aria-hidden /> {more}
        </SmallButton>
      )}
    </div>
  );
}

type RowProps = {
  step: Step;
  lead: ReactNode;
  faults: readonly FieldFault[];
  onChange: (step: Step) => void;
  onRemove: (() => void) | null;
  children?: ReactNode;
};

function StepRow({ step, lead, faults, onChange, onRemove, children }: RowProps) {
  return (
    <div data-node={step.id} className="grid gap-1.5 rounded-lg border bg-card p-3">
      <div className="flex items-start gap-2">
        <Line className="flex-1">
          <span className={quiet}>{lead}</span>
          <StepEvents id={step.id} label="Event" step={step} faults={faults} onChange={onChange} />
          {children}
          <AddFilter step={step} onChange={onChange} />
        </Line>
        {onRemove && (
          <Button variant="ghost" size="icon" aria-label="Remove this event" className="text-muted-foreground" onClick={onRemove}>
            <X aria-hidden />
          </Button>
        )}
      </div>
      <StepFilters step={step} faults={faults} onChange={onChange} />
    </div>
  );
}

function InactionFields(props: LiveProps) {
  const { values, reading, shows, onChange } = props;
  const gapFault = shows ? reading.faults.find((fault) => fault.field === 'gap')?.message : undefined;
  const changeMissing = (missing: Step) => {
    const follows = values.exit.length === 0 || values.exit[0]?.events.join() === values.missing.events.join();
    const exit = follows && missing.events.length > 0 ? { exit: [{ ...newStep(...missing.events) }, ...values.exit.slice(1)] } : {};
    onChange({ missing, ...exit });
  };
  return (
    <div className="grid gap-2">
      <StepRow step={values.first} lead="They do" faults={shown(props)} onChange={(first) => onChange({ first })} onRemove={null} />
      <StepRow step={values.missing} lead="and then not" faults={shown(props)} onChange={changeMissing} onRemove={null}>
        <span className={quiet}>within</span>
        <DurationField
          label="Within"
          units={gapUnits}
          value={values.gap}
          onChange={(gap) => onChange({ gap })}
          invalid={gapFault !== undefined}
          describedBy={undefined}
        />
      </StepRow>
      <FieldError>{gapFault}</FieldError>
      <p className="text-muted-foreground text-sm">They join the moment that time has passed without it.</p>
    </div>
  );
}

function DateFields({ values, reading, shows, onChange }: LiveProps) {
  const { catalogue } = useBuilderWorld();
  const dates = catalogue.profileProperties.filter(({ type, name }) => type === 'date' && !name.startsWith('$'));
  const { fault } = reading;
  const invalid = { invalid: shows && fault.date !== undefined, describedBy: undefined };
  return (
    <div className="grid gap-2 rounded-lg border bg-card p-3">
      <Line>
        {values.when !== 'on' && (
          <>
            <NumberInput
              whole
              label="Days"
              min={1}
              value={values.days}
              invalid={fault.days !== undefined}
              describedBy={undefined}
              onChange={(days) => onChange({ days })}
              className="w-16"
            />
            <span className={quiet}>{values.days === 1 ? 'day' : 'days'}</span>
          </>
        )}
        <Select
          dense
          aria-label="Before, on or after"
          value={values.when}
          onChange={(event) => onChange({ when: event.target.value as LiveValues['when'] })}
        >
          <option value="before">before</option>
          <option value="on">on</option>
          <option value="after">after</option>
        </Select>
        <span className={quiet}>their</span>
        <Combobox
          free
          label="Date"
          placeholder="Choose a date"
          value={values.date}
          options={[{ value: birthday, label: 'Birthday' }, ...dates.map(({ name }) => ({ value: name }))]}
          onChange={(date) => onChange(date === birthday ? { date, yearly: true } : { date })}
          className="h-8 w-auto max-w-56 rounded-md px-2.5 font-medium"
          {...invalid}
        />
        <span className={quiet}>at</span>
        <Input
          type="time"
          aria-label="Time of day"
          value={values.time}
          onChange={(event) => onChange({ time: event.target.value })}
          className="h-8 w-28 tabular-nums"
        />
      </Line>
      <label htmlFor="yearly" className="flex w-fit cursor-pointer items-center gap-2 text-sm">
        <Checkbox
          id="yearly"
          checked={values.yearly}
          disabled={values.date === birthday}
          onCheckedChange={(on) => onChange({ yearly: on === true })}
        />
        Each year, whatever the year of the date
      </label>
      <FieldError>{shows ? (fault.date ?? fault.days ?? fault.time) : undefined}</FieldError>
    </div>
  );
}
