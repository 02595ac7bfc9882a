import { z } from 'zod';
import { parseEncryptionKeys } from '@/lib/crypto';

const optional = z.string().min(1).optional();
const port = z.coerce.number().int().min(1).max(65535);

const variables = z
  .object({
    NODE_ENV: optional,
    DATABASE_URL: z
      .string({ error: 'is missing: npm start sets it for the embedded database' })
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
    PORT: port.default(3000),
    NEXTAUTH_URL: z.url('must be an address such as https://beckon.example.com').optional(),
    NEXTAUTH_SECRET: z.string({ error: 'is missing' }).min(32, 'must have at least 32 characters'),
    ENCRYPTION_KEYS: z.string({ error: 'is missing' }).transform((text, ctx) => {
      try {
        return parseEncryptionKeys(text);
      } catch (cause) {
        ctx.addIssue({ code: 'custom', message: (cause as Error).message });
        return z.NEVER;
      }
    }),
    CRON_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
    FACEBOOK_APP_ID: optional,
    FACEBOOK_APP_SECRET: optional,
    FACEBOOK_GRAPH_URL: z.url().default('https://graph.facebook.com'),
    FACEBOOK_DIALOG_URL: z.url().default('https://www.facebook.com'),
    FACEBOOK_GRAPH_VERSION: z
      .string()
      .regex(/^v\d+\.\d+$/, 'must look like v26.0')
      .default('v26.0'),
    /** Set by the start script alone, with the sandbox's address in the FACEBOOK_ variables. */
    BECKON_SANDBOX_URL: z.url().optional(),
    SYNC_BUDGET_SECONDS: z.coerce.number().min(1).max(900).default(50),
    SYNC_REQUESTS_IN_FLIGHT: z.coerce.number().int().min(1).max(16).default(2),
    SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
      .refine((text) => URL.canParse(text), 'must be an address such as smtps://user:password@mail.example.com')
      .optional(),
    SMTP_FROM: optional,
    VERCEL: optional,
  })
  .superRefine((value, ctx) => {
    if (value.FACEBOOK_APP_ID && !value.FACEBOOK_APP_SECRET) {
      ctx.addIssue({ code: 'custom', path: ['FACEBOOK_APP_SECRET'], message: 'is missing beside FACEBOOK_APP_ID' });
    }
    if (!value.FACEBOOK_APP_ID)
      ctx.addIssue({ code: 'custom', path: ['FACEBOOK_APP_ID'], message: 'is missing: set it, or use npm start for the sandbox' });
    if (value.BECKON_SANDBOX_URL && !/^https?:\/\/(localhost|127\.0\.0\.1)(:|\/|$)/.test(value.BECKON_SANDBOX_URL)) {
      ctx.addIssue({ code: 'custom', path: ['BECKON_SANDBOX_URL'], message: 'must be on this machine: the sandbox is for rehearsal only' });
    }
  });

export type Env = {
  databaseUrl: string;
  /** Where a person's browser finds us, without a trailing slash. */
  origin: string;
  nextauthSecret: string;
  encryptionKeys: ReturnType<typeof parseEncryptionKeys>;
  cronSecret?: string;
  facebook: { appId: string; appSecret: string; graphUrl: string; dialogUrl: string; businessUrl: string; version: string };
  /** The sandbox's address, where it stands in for Facebook. */
  sandboxUrl?: string;
  syncBudgetSeconds: number;
  syncRequestsInFlight: number;
  /** Where alerts by e-mail leave, and whose they are; absent: no e-mail. */
  smtp?: { url: string; from: string };
  /** On Vercel its cron makes the ticks; elsewhere the process does. */
  onVercel: boolean;
  production: boolean;
};

/** @throws one error that lists every faulty variable by name, never by value. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const filled = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = variables.safeParse(filled);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
    throw new Error(`The environment is not right (.env.example explains each variable):\n${faults.join('\n')}`);
  }
  const v = parsed.data;
  const origin = (v.NEXTAUTH_URL ?? `http://localhost:${v.PORT}`).replace(/\/$/, '');
  return {
    databaseUrl: v.DATABASE_URL,
    origin,
    nextauthSecret: v.NEXTAUTH_SECRET,
    encryptionKeys: v.ENCRYPTION_KEYS,
    cronSecret: v.CRON_SECRET,
    facebook: {
      appId: v.FACEBOOK_APP_ID ?? '',
      appSecret: v.FACEBOOK_APP_SECRET ?? '',
      graphUrl: v.FACEBOOK_GRAPH_URL.replace(/\/$/, ''),
      dialogUrl: v.FACEBOOK_DIALOG_URL.replace(/\/$/, ''),
      businessUrl: v.BECKON_SANDBOX_URL?.replace(/\/$/, '') ?? 'https://business.facebook.com',
      version: v.FACEBOOK_GRAPH_VERSION,
    },
    sandboxUrl: v.BECKON_SANDBOX_URL?.replace(/\/$/, ''),
    syncBudgetSeconds: v.SYNC_BUDGET_SECONDS,
    syncRequestsInFlight: v.SYNC_REQUESTS_IN_FLIGHT,
    smtp: v.SMTP_URL ? { url: v.SMTP_URL, from: v.SMTP_FROM ?? senderOf(v.SMTP_URL, origin) } : undefined,
    onVercel: v.VERCEL !== undefined,
    production: v.NODE_ENV === 'production',
  };
}

/** The server's user where that is an address: many servers let nobody write as somebody else. */
function senderOf(smtpUrl: string, origin: string): string {
  const user = decodeURIComponent(new URL(smtpUrl).username);
  return `Beckon <${user.includes('@') ? user : `beckon@${new URL(origin).hostname}`}>`;
}

let parsed: Env | undefined;

/** Parsed once, at the first call; instrumentation calls it at start so that a fault stops the process there. */
export function env(): Env {
  parsed ??= parseEnv(process.env);
  return parsed;
}
