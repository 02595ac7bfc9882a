'use client';

import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Answer } from './facebook-views';

type Props = { id: string; name: string; revoke: (input: { id: string }) => Promise<Answer<unknown>> };

/** Asks once, then the key is dead. */
export function RevokeKey({ id, name, revoke }: Props) {
  const perform = async () => {
    const answer = await revoke({ id });
    if (answer.ok) toast.success(`“${name}” is revoked.`);
    else toast.error(answer.message);
  };
  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" size="sm">
          Revoke<span className="sr-only"> {name}</span>
        </Button>
      }
      title={`Revoke “${name}”?`}
      description="Whatever uses it is refused from now on. This cannot be undone."
      confirm="Revoke"
      perform={perform}
    />
  );
}
