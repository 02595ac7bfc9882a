import { z } from 'zod';

/** What the workspace form holds: no country is an empty text. The action parses with the workspace's own schema. */
export const workspaceValuesSchema = z.object({
  name: z.string().trim().min(1, 'Name the workspace.').max(80, 'At most 80 characters.'),
  zone: z.string().min(1, 'Choose a time zone.'),
  defaultCountry: z.string(),
});
export type WorkspaceValues = z.infer<typeof workspaceValuesSchema>;

export type Country = { code: string; name: string };
