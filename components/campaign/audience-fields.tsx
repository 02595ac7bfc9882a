'use client';

import { Field, FieldError } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { AudiencePicker } from './audience-picker';
import { ChoiceCards } from './choice-cards';
import type { FacebookActions } from './facebook-views';
import type { WhereForm } from './where-step';

const kinds = [
  { value: 'new', title: 'A new audience', line: 'Made at the first run, and never twice.' },
  { value: 'existing', title: 'An existing audience', line: 'One of this ad account’s customer lists.' },
] as const;

/** A new audience with a name, or one that is there. */
export function AudienceFields({ form, search }: { form: WhereForm; search: FacebookActions['searchAudiences'] }) {
  const { errors } = form.formState;
  const { audienceKind, connectionId, adAccountId, existing } = form.watch();
  return (
    <div className="grid gap-4">
      <ChoiceCards
        label="Audience"
        name="audienceKind"
        options={kinds}
        value={audienceKind}
        onChange={(value) => form.setValue('audienceKind', value, { shouldDirty: true })}
      />
      {audienceKind === 'new' ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" htmlFor="newName" error={errors.newName?.message}>
            <Input id="newName" maxLength={100} autoComplete="off" aria-invalid={Boolean(errors.newName)} {...form.register('newName')} />
          </Field>
          <Field label="Description (optional)" htmlFor="newDescription" error={errors.newDescription?.message}>
            <Input
              id="newDescription"
              maxLength={60}
              autoComplete="off"
              aria-invalid={Boolean(errors.newDescription)}
              {...form.register('newDescription')}
            />
          </Field>
        </div>
      ) : (
        <>
          <AudiencePicker
            connectionId={connectionId}
            accountId={adAccountId}
            value={existing}
            onChange={(id) => form.setValue('existing', id, { shouldDirty: true, shouldValidate: form.formState.isSubmitted })}
            search={search}
          />
          <FieldError>{errors.existing?.message}</FieldError>
        </>
      )}
    </div>
  );
}
