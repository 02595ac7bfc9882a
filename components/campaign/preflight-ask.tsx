'use client';

import { RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { askPreflight } from './ask';
import { PanelCard } from './panel-card';
import { CheckList, type PreflightCheck, verdictOf } from './preflight-panel';

/** The pre-flight of a campaign that runs already; asked for by button, for it asks Facebook several times. */
export function PreflightAsk({ campaignId }: { campaignId: string }) {
  const [checks, setChecks] = useState<PreflightCheck[]>();
  const [fault, setFault] = useState<string>();
  const [abort, setAbort] = useState<AbortController>();
  useEffect(() => () => abort?.abort(), [abort]);
  const look = () => {
    const asking = new AbortController();
    setAbort(asking);
    setFault(undefined);
    askPreflight(campaignId, asking.signal)
      .then(
        setChecks,
        (error: unknown) => asking.signal.aborted || setFault(error instanceof Error ? error.message : 'Something went wrong.'),
      )
      .finally(() => setAbort((current) => (current === asking ? undefined : current)));
  };
  const busy = abort !== undefined;
  return (
    <PanelCard
      title="Pre-flight"
      line={checks && verdictOf(checks)}
      action={
        <Button type="button" variant="outline" size="sm" disabled={busy} onClick={look}>
          <RotateCw className={busy ? 'animate-spin' : undefined} aria-hidden /> {busy ? 'Checking…' : checks ? 'Check again' : 'Check now'}
        </Button>
      }
    >
      <div aria-live="polite">
        <FieldError>{fault}</FieldError>
        {!checks && !fault && <p className="text-muted-foreground text-sm">Asks Facebook whether everything is ready for the next run.</p>}
        {checks && <CheckList checks={checks} />}
      </div>
    </PanelCard>
  );
}
