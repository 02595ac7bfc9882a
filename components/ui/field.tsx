import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

type Props = { label: ReactNode; htmlFor?: string; hint?: ReactNode; error?: ReactNode; className?: string; children: ReactNode };

/** A label, its control, and what is wrong with it, right below. */
export function Field({ label, htmlFor, hint, error, className, children }: Props) {
  const Label = htmlFor ? 'label' : 'span';
  return (
    <div className={cn('grid content-start gap-1.5', className)}>
      <Label {...(htmlFor ? { htmlFor } : {})} className="font-medium text-sm">
        {label}
      </Label>
      {children}
      {hint && !error && <p className="text-muted-foreground text-xs">{hint}</p>}
      <FieldError>{error}</FieldError>
    </div>
  );
}

export function FieldError({ id, className, children }: { id?: string; className?: string; children?: ReactNode }) {
  if (!children) return null;
  return (
    <p id={id} role="alert" className={cn('flex items-start gap-1.5 text-destructive text-sm', className)}>
      <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
