import { z } from 'zod';

export const definitionSchema: z.ZodType<Definition> = z.any();
export type Definition = { all: Definition[] } | { any: Definition[] } | { not: Definition };
