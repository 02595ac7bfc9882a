import { z } from 'zod';

export type Refusal = { message: string; path?: PropertyKey[] };

/** Another schema by what the value looks like: so a fault is told for what was meant, with its own path. */
export const chosen = <T>(pick: (value: unknown) => z.ZodType<T> | Refusal): z.ZodType<T> =>
  z.unknown().transform((value, ctx): T => {
    const schema = pick(value);
    if (!(schema instanceof z.ZodType)) {
      ctx.addIssue({ code: 'custom', message: schema.message, path: schema.path ?? [] });
      return z.NEVER;
    }
    const parsed = schema.safeParse(value, { error: plainMessage });
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) ctx.addIssue({ ...(issue as { code: 'custom'; message: string }), path: issue.path });
    return z.NEVER;
  });

/** An object is read by the schema of the first of these keys that it has. @param message where it has none. */
export const byKey = <T>(schemas: Readonly<Record<string, z.ZodType<T>>>, message: string): z.ZodType<T> =>
  chosen((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { message };
    const given = Object.keys(value);
    const known = given.find((key) => Object.hasOwn(schemas, key));
    return (known === undefined ? undefined : schemas[known]) ?? { message, path: given.slice(0, 1) };
  });

const kinds: Partial<Record<string, string>> = {
  object: 'An object.',
  array: 'A list.',
  tuple: 'A list.',
  string: 'A text.',
  number: 'A number.',
};

/** Where a schema says nothing of its own. */
const plainMessage: z.core.$ZodErrorMap = (issue) => (issue.code === 'invalid_type' ? kinds[issue.expected] : undefined);
