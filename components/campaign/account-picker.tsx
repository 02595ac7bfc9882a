'use client';

import { CircleAlert, ExternalLink, RotateCw } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import type { AdAccountView, FacebookActions } from './facebook-views';

type Props = {
  connectionId: string;
  value: string;
  onChange: (account: AdAccountView) => void;
  load: FacebookActions['loadAdAccounts'];
};

/** The ad accounts the connection sees. One that cannot be used says why; one whose terms are open leads to them. */
export function AccountPicker({ connectionId, value, onChange, load }: Props) {
  const [accounts, setAccounts] = useState<AdAccountView[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const ask = useCallback(async () => {
    setFault(null);
    setAccounts(null);
    const answer = await load({ connectionId }).catch(() => ({ ok: false as const, message: 'Beckon could not be reached.' }));
    if (answer.ok) setAccounts(answer.data);
    else setFault(answer.message);
  }, [connectionId, load]);
  useEffect(() => void ask(), [ask]);

  if (fault) return <LoadFault message={fault} retry={() => void ask()} />;
  if (!accounts) return <ListSkeleton label="Asking Facebook for the ad accounts" />;
  if (accounts.length === 0)
    return (
      <p className="text-muted-foreground text-sm">This connection sees no ad account. Ask for a role on one in Meta Business Settings.</p>
    );
  const sorted = [...accounts].sort((a, b) => Number(b.usable) - Number(a.usable));
  return (
    <div className="grid gap-2">
      <div role="radiogroup" aria-label="Ad account" className="grid gap-2">
        {sorted.map((account) => (
          <AccountOption key={account.id} account={account} checked={account.id === value} onChoose={onChange} />
        ))}
      </div>
      <Button type="button" variant="ghost" size="sm" className="w-fit text-muted-foreground" onClick={() => void ask()}>
        <RotateCw aria-hidden /> Ask Facebook again
      </Button>
    </div>
  );
}

function AccountOption(props: { account: AdAccountView; checked: boolean; onChoose: (account: AdAccountView) => void }) {
  const { account, checked, onChoose } = props;
  return (
    <div
      className={cn(
        'rounded-lg border bg-card transition-colors',
        checked && 'border-primary bg-primary/5 dark:bg-primary/10',
        account.usable && 'hover:border-foreground/30',
      )}
    >
      <label className={cn('flex items-start gap-3 p-3.5', account.usable ? 'cursor-pointer' : 'text-muted-foreground')}>
        <input
          type="radio"
          name="account"
          className="mt-1 accent-primary"
          checked={checked}
          disabled={!account.usable}
          onChange={() => onChoose(account)}
        />
        <span className="grid min-w-0 gap-0.5">
          <span className="font-medium text-sm">{account.name}</span>
          <span className="text-muted-foreground text-sm">
            {[account.status, account.currency, account.zone, account.business, account.id.replace('act_', '')].filter(Boolean).join(' · ')}
          </span>
        </span>
      </label>
      {account.problem && <AccountNote>{account.problem}</AccountNote>}
      {account.usable && !account.termsAccepted && (
        <AccountNote>
          The Custom Audience terms are not accepted yet.{' '}
          <a
            href={account.termsUrl}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1 font-medium underline underline-offset-2"
          >
            Accept them <ExternalLink className="size-3.5" aria-hidden />
          </a>
        </AccountNote>
      )}
    </div>
  );
}

function AccountNote({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex items-start gap-1.5 border-t px-3.5 py-2 text-sm text-warning-foreground">
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden /> <span>{children}</span>
    </p>
  );
}

/** What Facebook refused to tell, in words, and the way to ask again. */
export function LoadFault({ message, retry }: { message: string; retry: () => void }) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-destructive/40 bg-destructive/5 p-3.5 text-sm"
    >
      <span>{message}</span>
      <Button type="button" size="sm" variant="outline" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}

export function ListSkeleton({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-2">
      {[0, 1, 2].map((i) => (
        <Skeleton key={i} className="h-16 rounded-lg" />
      ))}
    </div>
  );
}
