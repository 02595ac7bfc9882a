import type { Reach } from '@/db/reach';
import type { CampaignPlan } from '@/lib/campaign/plan';
import { type Identifier, reachingIdentifiers } from '@/lib/identity/identifiers';
import type { DryRun } from './dry-run';
import type { Check } from './preflight';

/** Meta's advice, and what it delivers to in practice; Facebook shows no size below the first. Marketing API "Custom Audiences", read 2026-09. */
const advisedMembers = 1000;
const fewestMembers = 100;

const numberText = new Intl.NumberFormat('en-GB').format;

/** How large the audience would be after a run now. Null where the campaign puts nobody in. */
export function sizeCheck(
  plan: Pick<CampaignPlan, 'mode' | 'audience' | 'trigger'>,
  { join, stay }: Pick<DryRun, 'join' | 'stay'>,
): Check | null {
  if (plan.mode === 'remove') return null;
  const members = join + stay;
  const said = `${numberText(members)} ${members === 1 ? 'member' : 'members'}`;
  const check = (state: Check['state'], message: string): Check => ({ id: 'size', title: 'Size after the run', state, message });
  if (members >= advisedMembers) return check('ok', `${said}.`);
  if (plan.trigger) return check('ok', `${said} so far: it fills as people qualify. Facebook delivers to ${fewestMembers} or more.`);
  if ('existing' in plan.audience) return check('ok', `${said}, beside those whom Beckon has not put in.`);
  if (members >= fewestMembers)
    return check(
      'warn',
      `${said}: Facebook advises ${numberText(advisedMembers)} or more, and shows no size below that. Widen the description if you can.`,
    );
  return check('warn', `${said}: below ${fewestMembers} that Facebook can match, it delivers to nobody. Widen the description.`);
}

const identifierNames: Record<(typeof reachingIdentifiers)[number], string> = {
  email: 'an email',
  phone: 'a phone number',
  mobileAdvertiserId: 'a mobile advertiser id',
};

/** Of those who qualify, how many have each identifier that is sent. @param sent default all. */
export function identifiersCheck({ qualify, reachable, byIdentifier }: Reach, sent: readonly Identifier[] | undefined): Check {
  const check = (state: Check['state'], message: string, link?: string): Check => ({
    id: 'identifiers',
    title: 'Identifiers',
    state,
    message,
    link,
  });
  if (qualify === 0) return check('warn', 'Nobody qualifies now, so there is nothing to match by.');
  const share = (count: number) => `${Math.round((100 * count) / qualify)} %`;
  const each = reachingIdentifiers
    .filter((name) => !sent || sent.includes(name))
    .map((name) => `${share(byIdentifier[name])} have ${identifierNames[name]}`);
  if (reachable * 2 >= qualify) return check('ok', `${each.join(', ')}.`);
  return check(
    'warn',
    `Only ${share(reachable)} can be matched: ${each.join(', ')}. Send emails or phone numbers with “identify”.`,
    '/sources',
  );
}
