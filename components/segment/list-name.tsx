'use client';

import { Check, Pencil, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

type Props = {
  listKey: string;
  name: string;
  rename: (to: { key: string; name: string }) => Promise<{ ok: boolean; message?: string }>;
};

/** The name, changed in its place. */
export function ListName({ listKey, name, rename }: Props) {
  const [text, setText] = useState<string | null>(null);
  const [fault, setFault] = useState<string>();
  if (text === null) {
    return (
      <span className="flex items-center gap-1">
        <span className="min-w-0 break-words">{name}</span>
        <Button variant="ghost" size="icon" className="text-muted-foreground" aria-label="Rename" onClick={() => setText(name)}>
          <Pencil aria-hidden />
        </Button>
      </span>
    );
  }
  const close = () => {
    setText(null);
    setFault(undefined);
  };
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    const answer = await rename({ key: listKey, name: text });
    if (answer.ok) close();
    else setFault(answer.message);
  };
  return (
    <form noValidate onSubmit={(event) => void submit(event)} className="grid gap-1 font-normal text-base tracking-normal">
      <span className="flex items-center gap-1">
        <Input
          aria-label="Name of the list"
          maxLength={120}
          autoFocus
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && close()}
          className="w-72 max-w-full"
        />
        <Button type="submit" variant="ghost" size="icon" aria-label="Save the name">
          <Check aria-hidden />
        </Button>
        <Button variant="ghost" size="icon" aria-label="Keep the old name" onClick={close}>
          <X aria-hidden />
        </Button>
      </span>
      <FieldError>{fault}</FieldError>
    </form>
  );
}
