'use client';

import { useMemo, useRef, useState } from 'react';
import { BuilderProvider, useBuilder } from '@/components/segment/builder-state';
import type { BuilderCatalogue } from '@/components/segment/catalogue';
import { NumberInput } from '@/components/segment/number-input';
import { FieldError } from '@/components/ui/field';
import type { LiveReading, LiveValues } from './live-values';
import { StepSection } from './step-form';
import { StepList, TriggerFields } from './trigger-fields';

type Props = {
  values: LiveValues;
  reading: LiveReading;
  catalogue: BuilderCatalogue;
  /** Whether faults are shown that nobody came near yet. */
  shows: boolean;
  onChange: (part: Partial<LiveValues>) => void;
};

/** What makes somebody qualify, what ends it, and how long it lasts. */
export function LiveFields({ values, reading, catalogue, shows, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const { edit } = useBuilder(undefined, place, nothing);
  const [at] = useState(() => new Date());
  // The rows of a segment's builder, which ask it for its catalogue.
  const world = useMemo(() => ({ edit, catalogue, at, isNow: true, showsAll: shows, refused: undefined }), [edit, catalogue, at, shows]);
  const parts = { values, reading, shows, onChange };
  return (
    <BuilderProvider value={world}>
      <div ref={place} className="grid grid-cols-[minmax(0,1fr)] gap-8">
        <StepSection title="What makes somebody qualify" line="They are in the audience within seconds.">
          <TriggerFields {...parts} />
        </StepSection>
        <StepSection title="What ends it" line="Whoever qualifies again stays on from then.">
          <div className="flex flex-wrap items-center gap-2 text-sm">
            They stay
            <NumberInput
              whole
              label="Days they stay"
              min={1}
              max={180}
              value={values.stayDays}
              invalid={reading.fault.stayDays !== undefined}
              onChange={(stayDays) => onChange({ stayDays })}
              className="w-18"
            />
            {values.stayDays === 1 ? 'day' : 'days'}
          </div>
          <FieldError>{reading.fault.stayDays}</FieldError>
          <StepList
            steps={values.exit}
            lead="Or until they do"
            faults={shows ? reading.faults : []}
            least={0}
            more="Exit event"
            onChange={(exit) => onChange({ exit })}
          />
        </StepSection>
      </div>
    </BuilderProvider>
  );
}

const nothing = () => {};
