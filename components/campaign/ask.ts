import type { Told } from '@/components/segment/explain-words';
import type { Identifier } from '@/lib/identity/identifiers';
import type { PreflightCheck } from './preflight-panel';
import type { ReachLine, Who } from './reach-lines';

/** What the screens ask the server while a person is looking; given up with the signal, at both ends. */

export type Asked = { who: Who /** Null: now. */; at: Date | null };

const questionOf = ({ who: { segment, definition }, at }: Asked) => ({
  ...(segment === undefined ? { definition } : { segment }),
  ...(at ? { at: at.toISOString() } : {}),
});

async function post(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), signal }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Error('Beckon could not be reached.');
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  throw new Error(answer?.error?.message ?? 'Something went wrong on our side.');
}

/** Each line as soon as it is there. @throws Error with a sentence to show. */
export async function* askReach(asked: Asked, sent: readonly Identifier[] | undefined, signal: AbortSignal): AsyncGenerator<ReachLine> {
  const { body } = await post('/ask/reach', { ...questionOf(asked), sent }, signal);
  if (!body) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as ReachLine;
  }
}

export type SampleMember = { profileId: string; name: string; country: string | null; lastSeen: string; has: string[] };

export const askMembers = async (asked: Asked, signal?: AbortSignal): Promise<SampleMember[]> =>
  ((await (await post('/ask/members', questionOf(asked), signal)).json()) as { members: SampleMember[] }).members;

export const askWhy = async (asked: Asked, profileId: string, signal?: AbortSignal): Promise<Told> =>
  (await (await post('/ask/explain', { ...questionOf(asked), profileId }, signal)).json()) as Told;

export type DryRunPerson = { profileId: string; name: string; anonymous: boolean };

/** @param asked.search the beginning of an id, or a whole email or phone number; empty for all. */
export const askDryRun = async (
  asked: { campaignId: string; outcome: string; search: string },
  signal: AbortSignal,
): Promise<DryRunPerson[]> => ((await (await post('/ask/dry-run', asked, signal)).json()) as { people: DryRunPerson[] }).people;

export const askPreflight = async (campaignId: string, signal: AbortSignal): Promise<PreflightCheck[]> =>
  ((await (await post('/ask/preflight', { campaignId }, signal)).json()) as { checks: PreflightCheck[] }).checks;

export type FoundProfile = { profileId: string; name: string; anonymous: boolean; has: string[]; lastSeen: string };

/** By the beginning of an id, or a whole email or phone number. */
export const askProfiles = async (text: string, signal?: AbortSignal): Promise<FoundProfile[]> =>
  ((await (await post('/ask/profiles', { text }, signal)).json()) as { profiles: FoundProfile[] }).profiles;
