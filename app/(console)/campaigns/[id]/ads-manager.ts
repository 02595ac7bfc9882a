import { env } from '@/lib/env';

/** Where the audience is seen at Facebook (or at the sandbox in its place); null until it exists there. */
export function adsManagerUrl(audience: { facebookId: string | null; adAccountId: string } | null): string | null {
  if (!audience?.facebookId) return null;
  const account = audience.adAccountId.replace('act_', '');
  const { sandboxUrl } = env();
  return sandboxUrl
    ? `${sandboxUrl}/ads-manager/audiences/${audience.facebookId}`
    : `https://adsmanager.facebook.com/adsmanager/audiences?act=${account}&audience_id=${audience.facebookId}`;
}
