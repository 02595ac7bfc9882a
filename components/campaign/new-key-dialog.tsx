'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import type { z } from 'zod';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { CopyBox } from './copy-box';
import type { Answer } from './facebook-views';
import { newKeyInput } from './key-input';

type Values = z.infer<typeof newKeyInput>;
type Props = { kind: 'API' | 'write'; withRole?: boolean; create: (values: Values) => Promise<Answer<string>> };

/** Makes a key and shows it this once. */
export function NewKeyDialog({ kind, withRole, create }: Props) {
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const form = useForm<Values>({ resolver: zodResolver(newKeyInput), defaultValues: { name: '', role: 'marketer' } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    const answer = await create(values);
    if (answer.ok) setSecret(answer.data);
    else form.setError('name', { message: answer.message });
  });
  const change = (next: boolean) => {
    setOpen(next);
    if (!next) return;
    setSecret(null);
    form.reset();
  };
  return (
    <Dialog open={open} onOpenChange={change}>
      <DialogTrigger asChild>
        <Button variant="outline" size="sm">
          <Plus aria-hidden /> New {kind} key
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{secret ? 'Copy the key now' : `New ${kind} key`}</DialogTitle>
          <DialogDescription>
            {secret ? 'It is shown this once: Beckon keeps only its digest.' : 'Name it after what will use it.'}
          </DialogDescription>
        </DialogHeader>
        {secret ? (
          <>
            <CopyBox label={`${kind} key`} text={secret} />
            <DialogFooter>
              <DialogClose asChild>
                <Button>I have copied it</Button>
              </DialogClose>
            </DialogFooter>
          </>
        ) : (
          <form noValidate onSubmit={(event) => void submit(event)} className="grid gap-4">
            <Field label="Name" htmlFor="key-name" error={errors.name?.message}>
              <Input id="key-name" maxLength={60} autoComplete="off" aria-invalid={Boolean(errors.name)} {...form.register('name')} />
            </Field>
            {withRole && (
              <Field label="It may" htmlFor="key-role" error={errors.role?.message}>
                <Select id="key-role" className="w-full" {...form.register('role')}>
                  <option value="viewer">read everything (viewer)</option>
                  <option value="marketer">also change segments and campaigns (marketer)</option>
                  <option value="owner">do everything (owner)</option>
                </Select>
              </Field>
            )}
            <DialogFooter>
              <Button type="submit" disabled={isSubmitting}>
                Make the key
              </Button>
            </DialogFooter>
          </form>
        )}
      </DialogContent>
    </Dialog>
  );
}
