'use client';

import { Users } from 'lucide-react';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Select } from '@/components/ui/select';
import type { LookalikeInput } from '@/lib/campaign/lookalike';
import { countryCodes, countryName } from '@/lib/identity/countries';
import type { Answer } from './facebook-views';
import { PanelCard } from './panel-card';
import type { Tone } from './state-words';
import { numberText } from './zoned-text';

export type LookalikeItem = {
  id: number;
  name: string;
  country: string;
  percent: number;
  state: 'asked' | 'made' | 'ready' | 'failed' | 'deleting';
  sizeLower: number | null;
  sizeUpper: number | null;
  fault: string | null;
};

export type LookalikeActions = {
  ask: (input: { id: string } & LookalikeInput) => Promise<Answer<unknown>>;
  drop: (input: { id: string; lookalikeId: number }) => Promise<Answer<unknown>>;
};

type Props = {
  campaignId: string;
  items: LookalikeItem[];
  /** Why none can be made yet; null where one can. */
  obstacle: string | null;
  /** The country most of the workspace's profiles are in. */
  country: string;
  mayEdit: boolean;
  actions: LookalikeActions;
};

/** Audiences of people like those of the campaign's. */
export function LookalikePanel({ campaignId, items, obstacle, country, mayEdit, actions }: Props) {
  return (
    <PanelCard title="Lookalikes" line="Audiences of people who are like those in this one, made by Facebook.">
      <div className="grid gap-4">
        {items.length > 0 && (
          <ul className="divide-y">
            {items.map((item) => (
              <LookalikeLine
                key={item.id}
                item={item}
                mayEdit={mayEdit}
                drop={() => actions.drop({ id: campaignId, lookalikeId: item.id })}
              />
            ))}
          </ul>
        )}
        {obstacle ? (
          <p className="text-muted-foreground text-sm">{obstacle}</p>
        ) : (
          mayEdit && <AskForm campaignId={campaignId} country={country} ask={actions.ask} />
        )}
      </div>
    </PanelCard>
  );
}

const states: Record<LookalikeItem['state'], { label: string; tone: Tone }> = {
  asked: { label: 'Being made', tone: 'info' },
  made: { label: 'Being filled', tone: 'info' },
  ready: { label: 'Ready', tone: 'good' },
  failed: { label: 'Failed', tone: 'bad' },
  deleting: { label: 'Being deleted', tone: 'neutral' },
};

type LineProps = { item: LookalikeItem; mayEdit: boolean; drop: () => Promise<Answer<unknown>> };

function LookalikeLine({ item, mayEdit, drop }: LineProps) {
  const state = states[item.state];
  const { sizeLower, sizeUpper, fault } = item;
  const place = countryName(item.country) ?? item.country;
  const perform = async () => {
    const answer = await drop();
    if (answer.ok) toast.success('It is being deleted at Facebook.');
    else toast.error(answer.message);
  };
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2.5 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium text-sm">
          {item.percent} % of {place}
          <Badge tone={state.tone}>{state.label}</Badge>
        </p>
        <p className="truncate text-muted-foreground text-sm">{item.name}</p>
        {fault && <p className="text-destructive text-sm">{fault}</p>}
      </div>
      {sizeLower !== null && (
        <p className="text-muted-foreground text-sm tabular-nums">
          {numberText(sizeLower)}–{numberText(sizeUpper ?? sizeLower)} people
        </p>
      )}
      {mayEdit && item.state !== 'deleting' && (
        <ConfirmDialog
          trigger={
            <Button variant="ghost" size="sm" aria-label={`Delete the lookalike of ${item.percent} % of ${place}`}>
              Delete
            </Button>
          }
          title={`Delete the lookalike of ${item.percent} % of ${place}?`}
          description="It is deleted at Facebook, for good: ads that use it stop."
          confirm="Delete it"
          perform={perform}
        />
      )}
    </li>
  );
}

function AskForm({ campaignId, country: begin, ask }: { campaignId: string; country: string; ask: LookalikeActions['ask'] }) {
  const [busy, start] = useTransition();
  const [country, setCountry] = useState(begin);
  const [percent, setPercent] = useState(1);
  const press = () =>
    start(async () => {
      const answer = await ask({ id: campaignId, country, percent });
      if (answer.ok) toast.success('Facebook is asked to make it.');
      else toast.error(answer.message);
    });
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      <Select
        aria-label="Share of the country"
        value={percent}
        onChange={(event) => setPercent(Number(event.target.value))}
        className="w-44"
      >
        {Array.from({ length: 10 }, (_, i) => i + 1).map((n) => (
          <option key={n} value={n}>
            {n} %{n === 1 ? ': most alike' : n === 10 ? ': most people' : ''}
          </option>
        ))}
      </Select>
      of
      <Combobox label="Country" value={country} options={countries} onChange={setCountry} className="w-56" />
      <Button variant="outline" onClick={press} disabled={busy}>
        <Users aria-hidden /> Make a lookalike
      </Button>
    </div>
  );
}

const countries = countryCodes
  .flatMap((code) => {
    const label = countryName(code);
    return label ? [{ value: code, label }] : [];
  })
  .sort((a, b) => a.label.localeCompare(b.label, 'en'));
