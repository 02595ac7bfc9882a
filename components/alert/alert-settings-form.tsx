'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { Send } from 'lucide-react';
import { useState, useTransition } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { toast } from 'sonner';
import type { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import type { AlertSettings } from '@/db/alert-settings';
import { type AlertSettingsFields, addressesIn, alertSettingsFields, type alertSettingsInput } from './alert-settings-values';
import { WebhookField } from './webhook-field';

type Answer<T> = { ok: true; data: T } | { ok: false; message: string; field?: string };
type Props = {
  settings: AlertSettings;
  defaultPercent: number;
  mailWorks: boolean;
  save: (input: z.input<typeof alertSettingsInput>) => Promise<Answer<unknown>>;
  test: (input: Record<string, never>) => Promise<Answer<{ sent: number; faults: string[] }>>;
};

/** Where alerts go besides the bell. */
export function AlertSettingsForm({ settings, defaultPercent, mailWorks, save, test }: Props) {
  const [host, setHost] = useState(settings.webhookHost);
  const [removes, setRemoves] = useState(false);
  const [testing, startTest] = useTransition();
  const form = useForm<AlertSettingsFields>({
    resolver: zodResolver(alertSettingsFields),
    defaultValues: {
      emails: settings.emails.join('\n'),
      webhook: '',
      tellsReach: settings.reachPercent !== null,
      reachPercent: settings.reachPercent ?? defaultPercent,
    },
  });
  const { errors, isSubmitting, isDirty } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    const { emails, webhook, tellsReach, reachPercent } = values;
    const change = webhook ? { webhook } : removes ? { webhook: null } : {};
    const answer = await save({ emails: addressesIn(emails), ...change, reachPercent: tellsReach ? reachPercent : null });
    if (!answer.ok) return form.setError(fieldOf(answer.field), { message: answer.message });
    if (webhook) setHost(new URL(webhook).host);
    else if (removes) setHost(null);
    setRemoves(false);
    form.reset({ ...values, webhook: '' });
    toast.success('Saved.');
  });
  const sendTest = () =>
    startTest(async () => {
      const answer = await test({});
      if (!answer.ok) return void toast.error(answer.message);
      for (const fault of answer.data.faults) toast.error(fault);
      if (answer.data.faults.length === 0) toast.success('A test is on its way.');
    });
  const tellsReach = form.watch('tellsReach');
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid gap-6">
      <Field
        label="E-mail addresses"
        htmlFor="emails"
        error={errors.emails?.message}
        hint={mailWorks ? 'One a line.' : 'E-mail is not set up on this installation: whoever runs it has to set SMTP_URL.'}
      >
        <Textarea
          id="emails"
          rows={3}
          spellCheck={false}
          className="sm:max-w-md"
          aria-invalid={Boolean(errors.emails)}
          {...form.register('emails')}
        />
      </Field>
      <WebhookField form={form} host={removes ? null : host} remove={() => setRemoves(true)} />
      <Field label="Reach" error={errors.reachPercent?.message}>
        <div className="flex flex-wrap items-center gap-x-2 gap-y-2 text-sm">
          <label htmlFor="tellsReach" className="flex items-start gap-2">
            <Controller
              control={form.control}
              name="tellsReach"
              render={({ field }) => (
                <Checkbox
                  id="tellsReach"
                  className="mt-0.5"
                  checked={field.value}
                  onCheckedChange={(checked) => field.onChange(checked === true)}
                />
              )}
            />
            Tell when a segment’s reach changes from one run to the next by more than
          </label>
          <span className="flex items-center gap-2">
            <Input
              type="number"
              inputMode="numeric"
              aria-label="Percent"
              min={1}
              max={1000}
              readOnly={!tellsReach}
              className="w-20 tabular-nums read-only:opacity-60"
              aria-invalid={Boolean(errors.reachPercent)}
              {...form.register('reachPercent', { valueAsNumber: true })}
            />
            %
          </span>
        </div>
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={isSubmitting || !(isDirty || removes)}>
          Save
        </Button>
        <Button variant="outline" onClick={sendTest} disabled={testing || isDirty || removes}>
          <Send aria-hidden /> {testing ? 'Sending…' : 'Send a test'}
        </Button>
      </div>
    </form>
  );
}

function fieldOf(path: string | undefined): keyof AlertSettingsFields {
  const first = path?.split('.')[0];
  return first === 'webhook' || first === 'reachPercent' ? first : 'emails';
}
