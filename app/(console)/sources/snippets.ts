/** What a developer copies. The write key is left to be filled in: Beckon does not keep it. */

export const nodeSnippet = (origin: string): string => `import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: 'YOUR_WRITE_KEY', host: '${origin}' });

analytics.identify({
  userId: 'u_1024',
  traits: { email: 'ana@example.com', plan: 'pro' },
});
analytics.track({
  userId: 'u_1024',
  event: 'Product Added',
  properties: { sku: 'K-7', price: 49.5 },
});`;

export const curlSnippet = (origin: string): string => `curl ${origin}/v1/track \\
  -u YOUR_WRITE_KEY: \\
  -H 'content-type: application/json' \\
  -d '{"userId":"u_1024","event":"Product Added","properties":{"price":49.5}}'`;

export const importSnippet = `npm run import -- users users.csv
npm run import -- events events.csv`;
