import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './cn';

const variants = cva(
  'inline-flex w-fit shrink-0 items-center gap-1.5 whitespace-nowrap rounded-full border px-2 py-0.5 font-medium text-xs leading-4',
  {
    variants: {
      tone: {
        neutral: 'border-transparent bg-muted text-muted-foreground',
        info: 'border-transparent bg-primary/10 text-primary',
        good: 'border-transparent bg-success/12 text-success',
        warn: 'border-transparent bg-warning/15 text-warning-foreground',
        bad: 'border-transparent bg-destructive/10 text-destructive',
      },
      variant: { solid: '', outline: 'border-border bg-transparent text-muted-foreground' },
    },
    defaultVariants: { tone: 'neutral', variant: 'solid' },
  },
);

type Props = ComponentProps<'span'> & VariantProps<typeof variants> & { /** A dot that moves: something is going on. */ live?: boolean };

export function Badge({ className, tone, variant, live, children, ...props }: Props) {
  return (
    <span className={cn(variants({ tone, variant }), className)} {...props}>
      {variant !== 'outline' && <span aria-hidden className={cn('size-1.5 rounded-full bg-current', live && 'animate-pulse')} />}
      {children}
    </span>
  );
}
