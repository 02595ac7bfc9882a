'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import type { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle, DialogTrigger } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { tokenInput } from './campaign-input';
import type { FacebookActions } from './facebook-views';

type Values = z.infer<typeof tokenInput>;

/** Pastes a system user's token in place of signing in as a person. */
export function TokenDialog(props: { connectToken: FacebookActions['connectToken']; onConnected?: (id: string) => void }) {
  const { connectToken, onConnected } = props;
  const [open, setOpen] = useState(false);
  const form = useForm<Values>({ resolver: zodResolver(tokenInput), defaultValues: { token: '' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    const answer = await connectToken(values);
    if (!answer.ok) return form.setError('token', { message: answer.message }, { shouldFocus: true });
    form.reset();
    setOpen(false);
    toast.success(`Connected as ${answer.data.name}.`);
    onConnected?.(answer.data.id);
  });
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <KeyRound aria-hidden /> Paste a system-user token
        </Button>
      </DialogTrigger>
      <DialogContent>
        <form
          onSubmit={(event) => {
            // The dialog is inside the step's form in React's tree: its submit must not reach that one.
            event.stopPropagation();
            void submit(event);
          }}
          className="grid gap-4"
        >
          <DialogHeader>
            <DialogTitle>Paste a system-user token</DialogTitle>
            <DialogDescription>
              In Meta Business Settings, open Users → System users, and generate a token with ads_management. Beckon stores it encrypted and
              never shows it again.
            </DialogDescription>
          </DialogHeader>
          <Field label="Token" htmlFor="token" error={errors.token?.message}>
            <Input
              id="token"
              type="password"
              autoComplete="off"
              spellCheck={false}
              aria-invalid={Boolean(errors.token)}
              {...form.register('token')}
            />
          </Field>
          <DialogFooter>
            <Button type="submit" disabled={isSubmitting}>
              {isSubmitting ? 'Checking with Facebook…' : 'Connect'}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
