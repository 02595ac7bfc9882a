'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useForm } from 'react-hook-form';
import type { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { newCampaignInput } from './campaign-input';
import type { Answer } from './facebook-views';

type Values = z.infer<typeof newCampaignInput>;

/** Names a campaign; that makes its draft. */
export function NewCampaignForm({ create, segment }: { create: (values: Values) => Promise<Answer<{ id: string }>>; segment?: string }) {
  const router = useRouter();
  const form = useForm<Values>({ resolver: zodResolver(newCampaignInput), defaultValues: { name: '', ...(segment ? { segment } : {}) } });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    const answer = await create(values);
    if (answer.ok) router.push(`/campaigns/${answer.data.id}/edit/who`);
    else form.setError('name', { message: answer.message });
  });
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid gap-5">
      <Field
        label="Name"
        htmlFor="name"
        error={errors.name?.message}
        hint="What your team will look for, such as “Carts left behind, 7 days”."
      >
        <Input id="name" autoFocus autoComplete="off" maxLength={120} aria-invalid={Boolean(errors.name)} {...form.register('name')} />
      </Field>
      <div className="flex gap-2">
        <Button type="submit" disabled={isSubmitting || isSubmitSuccessful}>
          Start <ArrowRight aria-hidden />
        </Button>
        <Button asChild variant="ghost">
          <Link href="/campaigns">Cancel</Link>
        </Button>
      </div>
    </form>
  );
}
