'use client';

import { Checkbox } from '@/components/ui/checkbox';
import { FieldError } from '@/components/ui/field';
import { type Identifier, identifiers, reachingIdentifiers } from '@/lib/identity/identifiers';
import { identifierLabel } from './plan-sentences';
import type { WhereForm } from './where-step';

const sharpening = identifiers.filter((name) => !(reachingIdentifiers as readonly string[]).includes(name));

/** Which identifiers go out; all that exist unless somebody unticks some. */
export function IdentifierFields({ form }: { form: WhereForm }) {
  const chosen = form.watch('identifiers');
  const toggle = (name: Identifier) =>
    form.setValue(
      'identifiers',
      identifiers.filter((one) => (one === name ? !chosen.includes(name) : chosen.includes(one))),
      { shouldDirty: true, shouldValidate: true },
    );
  const box = (name: Identifier) => (
    <label key={name} htmlFor={`identifier-${name}`} className="flex cursor-pointer items-center gap-2.5 text-sm">
      <Checkbox id={`identifier-${name}`} checked={chosen.includes(name)} onCheckedChange={() => toggle(name)} />
      {identifierLabel[name]}
    </label>
  );
  return (
    <div className="grid gap-4">
      <fieldset className="grid gap-2">
        <legend className="mb-2 text-muted-foreground text-sm">Name a person by themselves</legend>
        <div className="flex flex-wrap gap-x-6 gap-y-2.5">{reachingIdentifiers.map(box)}</div>
      </fieldset>
      <fieldset className="grid gap-2">
        <legend className="mb-2 text-muted-foreground text-sm">Sharpen a match</legend>
        <div className="grid grid-cols-2 gap-x-6 gap-y-2.5 sm:grid-cols-4">{sharpening.map(box)}</div>
      </fieldset>
      <FieldError>{form.formState.errors.identifiers?.message}</FieldError>
    </div>
  );
}
