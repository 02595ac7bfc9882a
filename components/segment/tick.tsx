import { Check, X } from 'lucide-react';
import { cn } from '@/components/ui/cn';

/** @param of whose answer it is, where that is not plain from what stands around it. */
export function Tick({ holds, of }: { holds: boolean; of?: string }) {
  const Icon = holds ? Check : X;
  const words = `${holds ? 'Holds' : 'Does not hold'}${of ? ` for ${of}` : ''}`;
  return (
    <span
      title={of && words}
      className={cn(
        'grid size-4.5 shrink-0 place-items-center rounded-full',
        holds ? 'bg-success/15 text-success' : 'bg-destructive/12 text-destructive',
      )}
    >
      <Icon aria-hidden className="size-3" strokeWidth={3} />
      <span className="sr-only">{of ? words : `${words}:`}</span>
    </span>
  );
}
