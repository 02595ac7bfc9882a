import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

type Props = { icon: LucideIcon; title: string; description: ReactNode; action?: ReactNode };

export function EmptyState({ icon: Icon, title, description, action }: Props) {
  return (
    <div className="grid place-items-center rounded-2xl border border-border border-dashed px-6 py-16 text-center">
      <div className="grid size-11 place-items-center rounded-xl bg-primary/8 text-primary">
        <Icon aria-hidden className="size-5" />
      </div>
      <h2 className="mt-4 font-semibold">{title}</h2>
      <div className="mt-1 max-w-md text-balance text-muted-foreground text-sm">{description}</div>
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
