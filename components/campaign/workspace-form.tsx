'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Answer } from './facebook-views';
import { type Country, type WorkspaceValues, workspaceValuesSchema } from './workspace-values';
import { ZonePicker } from './zone-picker';

type Save = (values: { name: string; zone: string; defaultCountry: string | null }) => Promise<Answer<unknown> & { field?: string }>;

export function WorkspaceForm(props: {
  values: { name: string; zone: string; defaultCountry: string | null };
  mayEdit: boolean;
  countries: Country[];
  save: Save;
}) {
  const { values, mayEdit, countries, save } = props;
  const form = useForm<WorkspaceValues>({
    resolver: zodResolver(workspaceValuesSchema),
    defaultValues: { ...values, defaultCountry: values.defaultCountry ?? '' },
    disabled: !mayEdit,
  });
  const { errors, isSubmitting, isDirty } = form.formState;
  const submit = form.handleSubmit(async (next) => {
    const answer = await save({ ...next, defaultCountry: next.defaultCountry || null });
    if (!answer.ok) return form.setError('name', { message: answer.message });
    form.reset(next);
    toast.success('Saved.');
  });
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid gap-5">
      <Field label="Name" htmlFor="name" error={errors.name?.message}>
        <Input id="name" maxLength={80} className="sm:max-w-sm" aria-invalid={Boolean(errors.name)} {...form.register('name')} />
      </Field>
      <Field label="Time zone" error={errors.zone?.message}>
        {mayEdit ? (
          <ZonePicker value={form.watch('zone')} onChange={(zone) => form.setValue('zone', zone, { shouldDirty: true })} />
        ) : (
          <Input value={values.zone.replaceAll('_', ' ')} aria-label="Time zone" className="sm:w-80" disabled />
        )}
      </Field>
      <Field
        label="Default country"
        htmlFor="defaultCountry"
        error={errors.defaultCountry?.message}
        hint="For phone numbers that come without a country code, when the profile has no country either."
      >
        <Select id="defaultCountry" className="w-full sm:w-80" {...form.register('defaultCountry')}>
          <option value="">None: such numbers are left out</option>
          {countries.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      {mayEdit ? (
        <Button type="submit" className="w-fit" disabled={isSubmitting || !isDirty}>
          Save
        </Button>
      ) : (
        <p className="text-muted-foreground text-sm">Only an owner can change this.</p>
      )}
    </form>
  );
}
