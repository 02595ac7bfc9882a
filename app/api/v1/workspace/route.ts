import { apiRoute } from '@/lib/respond';

export const GET = apiRoute('viewer', async ({ workspace: { name, zone, defaultCountry } }) => ({ name, zone, defaultCountry }));
