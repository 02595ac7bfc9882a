import { describeValue } from '@/lib/campaign/member-value';
import type { AdSetChoice, AudienceChoice, CampaignDraft } from '@/lib/campaign/plan';
import { identifiers as allIdentifiers, type Identifier } from '@/lib/identity/identifiers';
import { counted, listed } from './zoned-text';

/** A campaign's plan in plain English. */

export const modes = {
  mirror: { title: 'Mirror the segment', line: 'Adds who qualifies and removes who no longer does. Removes only what Beckon added.' },
  add: { title: 'Add only', line: 'Adds who qualifies. Nobody is removed.' },
  remove: { title: 'Remove only', line: 'Takes out who qualifies, whoever put them in. Nobody is added.' },
} as const;

export const identifierLabel: Record<Identifier, string> = {
  email: 'Email',
  phone: 'Phone',
  mobileAdvertiserId: 'Mobile advertiser ID',
  firstName: 'First name',
  lastName: 'Last name',
  firstInitial: 'First initial',
  gender: 'Gender',
  birthYear: 'Birth year',
  birthMonth: 'Birth month',
  birthDay: 'Birth day',
  city: 'City',
  state: 'State',
  zip: 'Postcode',
  country: 'Country',
};

/** @param madeName its name, where the campaign has made it already. */
export function audienceSentence(audience: AudienceChoice | undefined, madeName: string | null): string {
  if (!audience) return 'No audience chosen yet.';
  if ('existing' in audience) return `The existing Custom Audience ${audience.existing}.`;
  if (madeName !== null) return `The Custom Audience “${madeName}” that this campaign has made.`;
  return `A new Custom Audience “${audience.new.name}”, made at the first run.`;
}

export function adSetsSentence(adSets: AdSetChoice[] | undefined): string {
  if (!adSets?.length) return 'No ad set: audience only.';
  const shown = adSets.filter((one) => one.as === 'include').map(adSetName);
  const hidden = adSets.filter((one) => one.as === 'exclude').map(adSetName);
  const parts = [shown.length ? `shown to it: ${shorten(shown)}` : '', hidden.length ? `hidden from it: ${shorten(hidden)}` : ''];
  const text = parts.filter(Boolean).join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const adSetName = (one: AdSetChoice) => `“${one.name ?? one.id}”`;

function shorten(names: string[]): string {
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${counted(names.length - 2, 'more ad set')}` : listed(names);
}

export function identifiersSentence(chosen: Identifier[] | undefined): string {
  if (!chosen || chosen.length === allIdentifiers.length) return 'Every identifier that exists.';
  return `${listed(chosen.map((name) => identifierLabel[name]))}.`;
}

export function endSentence(atEnd: CampaignDraft['atEnd']): string {
  if (atEnd === 'empty') return 'Whoever Beckon has put in is taken out after the last run.';
  if (atEnd === 'detach') return 'The audience is taken out of the ad sets after the last run.';
  return 'The audience stays as it is after the last run.';
}

/** How long, how many, how it is sent: what differs from the defaults, and the brake. */
export function limitsSentence(draft: CampaignDraft): string {
  const { stayDays, cap, controlPercent, sendBy, limitedDataUse, valueFrom, changeBrakePercent = 50 } = draft;
  const parts = [
    stayDays && !draft.trigger ? `members stay ${counted(stayDays, 'day')} at most` : '',
    cap ? `at most ${counted(cap, 'member')}` : '',
    controlPercent ? `${controlPercent} % as a control group` : '',
    sendBy === 'replace' ? 'sent as a replacement of the whole list' : sendBy === 'difference' ? 'sent as the difference' : '',
    limitedDataUse ? 'with limited data use' : '',
    valueFrom ? `each sent with ${describeValue(valueFrom)} as the value` : '',
    changeBrakePercent === null ? 'no run is held' : `a run that changes the size by more than ${changeBrakePercent} % is held`,
  ].filter(Boolean);
  const text = listed(parts);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** What pressing Schedule will do, said on the button's side. */
export function scheduleEffect(draft: CampaignDraft, firstRun: string | null, madeName: string | null): string {
  const { audience: choice } = draft;
  const audience = choice && 'new' in choice && madeName === null ? `makes “${choice.new.name}”` : 'updates the audience';
  const when =
    draft.schedule?.kind === 'live'
      ? draft.schedule.start
        ? 'Listens from its start on'
        : 'Listens at once'
      : draft.schedule?.kind === 'now'
        ? 'Starts at once'
        : firstRun
          ? `${madeName === null ? 'First' : 'Next'} runs ${firstRun}`
          : 'Runs on schedule';
  const adSets = draft.adSets?.length ? ` and points ${counted(draft.adSets.length, 'ad set')} at it` : '';
  return `${when}: ${audience}${adSets}.`;
}
