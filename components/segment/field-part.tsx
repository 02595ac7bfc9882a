'use client';

import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { FieldError } from '@/components/ui/field';
import type { Field, FieldFault } from './faults';

/** Controls beside each other, as a sentence; they wrap where it is narrow. */
export function Line({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={cn('flex min-w-0 flex-wrap items-center gap-1.5', className)}>{children}</div>;
}

export const quiet = 'text-muted-foreground text-sm';

/** What a control is told of its fault. */
export type Told = { invalid: boolean; describedBy: string | undefined };

export function told(faults: readonly FieldFault[], id: string, field: Field): Told {
  const invalid = faults.some((fault) => fault.id === id && fault.field === field);
  return { invalid, describedBy: invalid ? faultId(id, field) : undefined };
}

const faultId = (id: string, field: Field) => `fault-${id}-${field}`;

/** One field of a node; leaving it lets its fault be shown. Where it is narrow its controls wrap one by one. */
export function Part({ field, className, children }: { field: Field; className?: string; children: ReactNode }) {
  return (
    <span data-field={field} className={cn('contents min-w-0 max-w-full flex-wrap items-center gap-1.5 sm:inline-flex', className)}>
      {children}
    </span>
  );
}

/** What is wrong in these fields of a node, below their line. */
export function FaultLines({ id, fields, faults }: { id: string; fields: readonly Field[]; faults: readonly FieldFault[] }) {
  return faults
    .filter((fault) => fault.id === id && fields.includes(fault.field))
    .map((fault) => (
      <FieldError key={fault.field} id={faultId(id, fault.field)} className="order-last basis-full text-[13px]">
        {fault.message}
      </FieldError>
    ));
}
