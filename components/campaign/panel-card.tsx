import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

/** A titled part of a page. @param flush for a table that brings its own padding. */
export function PanelCard(props: { title: string; line?: string; flush?: boolean; action?: ReactNode; children: ReactNode }) {
  const { title, line, flush, action, children } = props;
  return (
    <section className="min-w-0 overflow-hidden rounded-lg border bg-card">
      <header className="flex flex-wrap items-start justify-between gap-2 px-4 pt-4 sm:px-5">
        <div>
          <h2 className="font-medium">{title}</h2>
          {line && <p className="text-muted-foreground text-sm">{line}</p>}
        </div>
        {action}
      </header>
      <div
        className={cn(
          flush
            ? 'pt-3 [&_td:first-child]:pl-4 [&_td:last-child]:pr-4 [&_th:first-child]:pl-4 [&_th:last-child]:pr-4 sm:[&_td:first-child]:pl-5 sm:[&_td:last-child]:pr-5 sm:[&_th:first-child]:pl-5 sm:[&_th:last-child]:pr-5'
            : 'p-4 sm:p-5',
        )}
      >
        {children}
      </div>
    </section>
  );
}
