'use client';

import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BuilderCatalogue } from '@/components/segment/catalogue';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { ValueFields } from './value-fields';
import type { WhereForm } from './where-step';

/** How long and how many, how it is sent, and what happens at the end; closed until somebody wants more than the defaults. */
export function OptionFields({ form, catalogue }: { form: WhereForm; catalogue: BuilderCatalogue }) {
  const removing = form.watch('mode') === 'remove';
  const { errors, dirtyFields } = form.formState;
  const opened = Object.keys(errors).some((name) => name in form.getValues().options) || Boolean(errors.options || dirtyFields.options);
  return (
    <details open={opened || undefined} className="group rounded-lg border bg-card">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-lg px-4 py-3 font-medium text-sm outline-none focus-visible:ring-[3px] focus-visible:ring-ring/40">
        <ChevronRight aria-hidden className="size-4 text-muted-foreground transition-transform group-open:rotate-90" />
        Limits, sending and the end
        <span className="ml-auto font-normal text-muted-foreground group-open:hidden max-sm:hidden">Sensible as they are</span>
      </summary>
      <div className="grid gap-5 border-t p-4 sm:grid-cols-2">
        {!removing && <MemberLimits form={form} />}
        <Sending form={form} removing={removing} />
        <EndChoice form={form} removing={removing} />
        {!removing && !form.watch('live') && form.watch('audienceKind') === 'new' && <ValueFields form={form} catalogue={catalogue} />}
      </div>
    </details>
  );
}

function NumberField(props: {
  form: WhereForm;
  name: 'stayDays' | 'cap' | 'controlPercent' | 'changeBrakePercent';
  label: string;
  unit: string;
  hint: ReactNode;
}) {
  const { form, name, label, unit, hint } = props;
  const error = form.formState.errors.options?.[name]?.message;
  return (
    <Field label={label} htmlFor={name} hint={hint} error={error}>
      <span className="flex items-center gap-2">
        <Input
          id={name}
          inputMode="decimal"
          autoComplete="off"
          placeholder="No limit"
          className="w-32 tabular-nums"
          aria-invalid={Boolean(error)}
          {...form.register(`options.${name}`)}
        />
        <span className="text-muted-foreground text-sm">{unit}</span>
      </span>
    </Field>
  );
}

function MemberLimits({ form }: { form: WhereForm }) {
  return (
    <>
      {!form.watch('live') && <SizeLimits form={form} />}
      <NumberField
        form={form}
        name="controlPercent"
        label="Control group"
        unit="% never sent"
        hint="Drawn once and for all, to measure what the ads change."
      />
      <NumberField
        form={form}
        name="changeBrakePercent"
        label="Hold a run that changes the size by more than"
        unit="%"
        hint="From 1,000 members on, and always before an audience is emptied. Empty: never."
      />
    </>
  );
}

/** Not of a live campaign: who qualifies says how long, and takes everybody. */
function SizeLimits({ form }: { form: WhereForm }) {
  return (
    <>
      <NumberField
        form={form}
        name="stayDays"
        label="Members stay at most"
        unit="days"
        hint="Then they leave, and come back only after having left the segment. At most 180."
      />
      <NumberField form={form} name="cap" label="At most" unit="members" hint="Always the same people, as far as they qualify." />
    </>
  );
}

function Sending({ form, removing }: { form: WhereForm; removing: boolean }) {
  const limited = form.watch('options.limitedDataUse');
  const error = form.formState.errors.options?.sendBy?.message;
  return (
    <>
      {!removing && (
        <Field
          label="How it is sent"
          htmlFor="sendBy"
          error={error}
          hint="Replacing keeps the learning phase of ad sets that use the audience; it needs an audience Beckon has made."
        >
          <Select id="sendBy" className="w-full" {...form.register('options.sendBy')}>
            <option value="automatic">Automatically: whichever disturbs less</option>
            <option value="difference">The difference: who comes and who leaves</option>
            {!form.watch('live') && <option value="replace">As a replacement of the whole list</option>}
          </Select>
        </Field>
      )}
      <Field label="Where the data comes from" htmlFor="customerFileSource" hint="Facebook asks this of every customer list.">
        <Select id="customerFileSource" className="w-full" {...form.register('options.customerFileSource')}>
          <option value="USER_PROVIDED_ONLY">From the customers themselves</option>
          <option value="PARTNER_PROVIDED_ONLY">From partners</option>
          <option value="BOTH_USER_AND_PARTNER_PROVIDED">From both</option>
        </Select>
      </Field>
      <div className="grid content-start gap-1.5 text-sm">
        <label htmlFor="limitedDataUse" className="flex cursor-pointer items-center gap-2.5 font-medium">
          <Checkbox
            id="limitedDataUse"
            checked={limited}
            onCheckedChange={(on) => form.setValue('options.limitedDataUse', on === true, { shouldDirty: true })}
          />
          Limited data use
        </label>
        <p className="text-muted-foreground text-xs">
          For people in US states whose law asks for it. Cannot be changed once the audience is made.
        </p>
      </div>
    </>
  );
}

function EndChoice({ form, removing }: { form: WhereForm; removing: boolean }) {
  return (
    <Field
      label="When the campaign is over"
      htmlFor="atEnd"
      error={form.formState.errors.options?.atEnd?.message}
      hint="Done after the last run, by a run of its own."
    >
      <Select id="atEnd" className="w-full" {...form.register('options.atEnd')}>
        <option value="keep">Keep the audience as it is</option>
        {!removing && <option value="empty">Take out everybody Beckon has put in</option>}
        <option value="detach">Take it out of the ad sets</option>
      </Select>
    </Field>
  );
}
