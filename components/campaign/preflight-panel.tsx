import { CircleAlert, CircleCheck, CircleX, ExternalLink } from 'lucide-react';
import Link from 'next/link';
import { CheckAgain } from './check-again';
import { PanelCard } from './panel-card';

export type PreflightCheck = { id: string; title: string; state: 'ok' | 'warn' | 'bad'; message: string; link?: string };

const icons = {
  ok: { Icon: CircleCheck, className: 'text-success', word: 'fine' },
  warn: { Icon: CircleAlert, className: 'text-warning', word: 'look at this' },
  bad: { Icon: CircleX, className: 'text-destructive', word: 'must be mended' },
};

const verdicts = {
  ok: 'Everything is ready.',
  warn: 'It can start. Look at what is marked.',
  bad: 'Something must be mended before it can run.',
};

const order = { bad: 0, warn: 1, ok: 2 };

/** Each precondition at Facebook: fine, or the one thing to do. What needs doing comes first. */
export function PreflightPanel({ checks }: { checks: PreflightCheck[] }) {
  return (
    <PanelCard title="Pre-flight" line={verdictOf(checks)} action={<CheckAgain />}>
      <CheckList checks={checks} />
    </PanelCard>
  );
}

const sorted = (checks: readonly PreflightCheck[]) => [...checks].sort((a, b) => order[a.state] - order[b.state]);

export const verdictOf = (checks: readonly PreflightCheck[]): string => verdicts[sorted(checks)[0]?.state ?? 'ok'];

export function CheckList({ checks }: { checks: readonly PreflightCheck[] }) {
  return (
    <ul className="grid gap-3">
      {sorted(checks).map((check) => {
        const { Icon, className, word } = icons[check.state];
        return (
          <li key={check.id} className="flex items-start gap-2.5 text-sm">
            <Icon className={`mt-0.5 size-4 shrink-0 ${className}`} aria-label={word} />
            <span className="min-w-0">
              <span className="font-medium">{check.title}</span> <span className="text-muted-foreground">{check.message}</span>
              {check.link && <CheckLink href={check.link} />}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function CheckLink({ href }: { href: string }) {
  const look = 'ml-1.5 inline-flex items-center gap-1 underline underline-offset-2';
  if (href.startsWith('/'))
    return (
      <Link href={href} className={look}>
        Open
      </Link>
    );
  return (
    <a href={href} target="_blank" rel="noreferrer" className={look}>
      Open at Facebook <ExternalLink className="size-3.5" aria-hidden />
    </a>
  );
}
