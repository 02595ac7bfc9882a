'use client';

import Link from 'next/link';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import type { Definition } from '@/lib/segment/definition';

type Found = {
  steps: { text: string; remaining: number }[];
  members: { profileId: string; name: string; country: string | null; lastSeen: Date; has: string[] }[];
};
export type Look = (asked: { definition: unknown }) => Promise<{ ok: true; data: Found } | { ok: false; message: string }>;

type Props = { definition: Definition | null; look: Look; zone: string };

/** Condition by condition how many remain, and twenty of those who qualify. Asked for by button: it counts once a condition. */
export function MembersPanel({ definition, look, zone }: Props) {
  const [found, setFound] = useState<Found>();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    const answer = await look({ definition });
    setBusy(false);
    if (answer.ok) setFound(answer.data);
    setFault(answer.ok ? undefined : answer.message);
  };
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric', month: 'short' });
  return (
    <aside className="grid gap-3 rounded-lg border bg-card p-4">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-medium text-sm">Who is in</h3>
        <Button variant="outline" size="sm" disabled={!definition || busy} onClick={() => void ask()}>
          {busy ? 'Looking…' : 'Look'}
        </Button>
      </div>
      <FieldError>{fault}</FieldError>
      {found && (
        <>
          <ol className="grid gap-1.5 text-xs">
            {found.steps.map((step) => (
              <li key={step.text} className="flex justify-between gap-3">
                <span className="text-muted-foreground">{step.text}</span>
                <span className="font-medium tabular-nums">{step.remaining.toLocaleString('en-US')}</span>
              </li>
            ))}
          </ol>
          <ul className="grid gap-1 border-t pt-3 text-sm">
            {found.members.map((member) => (
              <li key={member.profileId} className="flex items-center justify-between gap-2">
                <Link className="truncate text-primary hover:underline" href={`/profiles/${member.profileId}`}>
                  {member.name}
                </Link>
                <span className="shrink-0 text-muted-foreground text-xs tabular-nums">{format.format(new Date(member.lastSeen))}</span>
              </li>
            ))}
            {found.members.length === 0 && <li className="text-muted-foreground">Nobody, right now.</li>}
          </ul>
        </>
      )}
    </aside>
  );
}
