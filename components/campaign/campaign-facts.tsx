import type { ReactNode } from 'react';
import type { AdSetChoice } from '@/lib/campaign/plan';
import { describeSchedule } from '@/lib/schedule/describe';
import type { Schedule } from '@/lib/schedule/schedule';
import { hiddenSize } from './facebook-views';
import { adSetsSentence, modes } from './plan-sentences';
import { ViewerTime } from './viewer-time';
import { dayAndTime, distanceText, numberText } from './zoned-text';

type Props = {
  campaign: { nextAt: Date | null; members: number; audience: { name: string; sizeLower: number | null; sizeUpper: number | null } | null };
  version: {
    version: number;
    schedule: Schedule;
    scheduledAt: Date;
    adAccountName: string;
    mode: keyof typeof modes;
    adSets: AdSetChoice[];
  };
  zone: string;
  now: Date;
};

/** The few figures and sentences one looks for first. */
export function CampaignFacts({ campaign, version, zone, now }: Props) {
  const { audience, nextAt } = campaign;
  return (
    <dl className="grid gap-px overflow-hidden rounded-lg border bg-border sm:grid-cols-2 lg:grid-cols-4">
      <Fact
        label={version.schedule.kind === 'live' ? 'Compared anew' : 'Next occurrence'}
        value={nextAt ? dayAndTime(nextAt, zone) : 'None'}
      >
        {nextAt ? (
          <>
            {distanceText(nextAt, now)} <ViewerTime at={nextAt} zone={zone} />
          </>
        ) : (
          'Nothing more is due.'
        )}
      </Fact>
      <Fact label="In the audience" value={numberText(campaign.members)}>
        Facebook:{' '}
        {audience?.sizeLower ? `${numberText(audience.sizeLower)}–${numberText(audience.sizeUpper ?? audience.sizeLower)}` : hiddenSize}
      </Fact>
      <Fact label="Schedule" value={`${describeSchedule(version.schedule)}.`} small>
        Version {version.version}, scheduled {distanceText(version.scheduledAt, now)}
      </Fact>
      <Fact label="At Facebook" value={`${version.adAccountName}: “${audience?.name ?? '–'}”`} small>
        {modes[version.mode].title}. {adSetsSentence(version.adSets)}
      </Fact>
    </dl>
  );
}

function Fact({ label, value, small, children }: { label: string; value: string; small?: boolean; children: ReactNode }) {
  return (
    <div className="grid content-start gap-1 bg-card p-4">
      <dt className="text-muted-foreground text-sm">{label}</dt>
      <dd className={small ? 'font-medium text-sm' : 'font-semibold text-lg tabular-nums tracking-tight'}>{value}</dd>
      <dd className="text-muted-foreground text-sm">{children}</dd>
    </div>
  );
}
