import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { controlClasses } from './input';

type Props = ComponentProps<'select'> & { /** Low, and as wide as what is chosen: for rows that read as a sentence. */ dense?: boolean };

/** The browser's own list: works with every keyboard, screen reader and phone. */
export function Select({ className, dense, children, ...props }: Props) {
  return (
    <span className={cn('relative inline-flex max-w-full', className)}>
      <select
        className={cn(
          controlClasses,
          'cursor-pointer appearance-none pr-8',
          dense && 'field-sizing-content h-8 w-auto max-w-full truncate rounded-md pr-6.5 pl-2.5',
        )}
        {...props}
      >
        {children}
      </select>
      <ChevronDown
        aria-hidden
        className={cn('pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-muted-foreground', dense && 'right-1.5')}
      />
    </span>
  );
}
