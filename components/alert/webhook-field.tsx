'use client';

import { Webhook } from 'lucide-react';
import { useState } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { AlertSettingsFields } from './alert-settings-values';

/** A webhook's address is a secret: once saved, only its host is shown. */
export function WebhookField(props: { form: UseFormReturn<AlertSettingsFields>; host: string | null; remove: () => void }) {
  const { form, host, remove } = props;
  const [replaces, setReplaces] = useState(false);
  const error = form.formState.errors.webhook?.message;
  if (host && !replaces) {
    return (
      <Field label="Webhook">
        <div className="flex flex-wrap items-center gap-2 text-sm">
          <span className="flex items-center gap-2 rounded-lg border bg-muted px-3 py-1.5">
            <Webhook aria-hidden className="size-4 text-muted-foreground" /> {host}
          </span>
          <Button variant="outline" size="sm" onClick={() => setReplaces(true)}>
            Replace
          </Button>
          <Button variant="ghost" size="sm" onClick={remove}>
            Remove
          </Button>
        </div>
      </Field>
    );
  }
  return (
    <Field
      label="Webhook"
      htmlFor="webhook"
      error={error}
      hint="An incoming webhook of Slack, or of anything that takes Slack’s messages. It is stored encrypted and not shown again."
    >
      <Input
        id="webhook"
        type="password"
        autoComplete="off"
        spellCheck={false}
        placeholder="https://hooks.slack.com/services/…"
        className="sm:max-w-md"
        aria-invalid={Boolean(error)}
        {...form.register('webhook')}
      />
    </Field>
  );
}
