'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { ChipsField } from '@/components/ui/chips-field';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import type { Answer } from './facebook-views';

export type ExclusionValues = { excludeSegments: string[]; consentProperty: string | null };
type Option = { value: string; label: string };

/** Whom no campaign ever sends. */
export function ExclusionsForm(props: {
  values: ExclusionValues;
  segments: Option[];
  properties: Option[];
  mayEdit: boolean;
  save: (values: ExclusionValues) => Promise<Answer<unknown>>;
}) {
  const { segments, properties, mayEdit, save } = props;
  const [saved, setSaved] = useState(props.values);
  const [values, setValues] = useState(saved);
  const [busy, start] = useTransition();
  const dirty = JSON.stringify(values) !== JSON.stringify(saved);
  const submit = () =>
    start(async () => {
      const answer = await save(values);
      if (!answer.ok) return void toast.error(answer.message);
      setSaved(values);
      toast.success('Saved.');
    });
  const withdraw = values.consentProperty ?? '';
  return (
    <fieldset disabled={!mayEdit} className="grid gap-6">
      <Field
        label="Segments that are never sent"
        hint="Such as staff, or customers who asked to be left alone. They leave each audience with its next run."
      >
        <ChipsField
          label="Segments"
          value={values.excludeSegments}
          options={segments}
          onChange={(excludeSegments) => setValues({ ...values, excludeSegments })}
        />
      </Field>
      <Field
        label="Consent property"
        hint="A profile where it is false, 0, “no”, “withdrawn”, “declined”, “unsubscribed” and the like is never sent, and leaves every audience within minutes."
      >
        <span className="flex flex-wrap items-center gap-2">
          <Combobox
            label="Consent property"
            value={withdraw}
            options={properties}
            onChange={(name) => setValues({ ...values, consentProperty: name.trim() || null })}
            placeholder="None"
            free
            className="w-full sm:w-72"
          />
          {values.consentProperty !== null && (
            <Button type="button" variant="ghost" onClick={() => setValues({ ...values, consentProperty: null })}>
              Use none
            </Button>
          )}
        </span>
      </Field>
      {mayEdit ? (
        <Button type="button" className="w-fit" onClick={submit} disabled={busy || !dirty}>
          Save
        </Button>
      ) : (
        <p className="text-muted-foreground text-sm">Only an owner can change this.</p>
      )}
    </fieldset>
  );
}
