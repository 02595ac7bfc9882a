import type { NextAuthOptions } from 'next-auth';
import FacebookProvider from 'next-auth/providers/facebook';
import { database } from '@/db/open';
import { admitPerson, type FacebookPerson } from '@/db/users';
import { env } from '@/lib/env';
import { openGraph } from '@/lib/facebook/transport';
import { faultOf, log } from '@/lib/log';

declare module 'next-auth' {
  interface Session {
    beckon?: { userId: string; sessionVersion: number };
  }
}

declare module 'next-auth/jwt' {
  interface JWT {
    beckon?: { userId: string; sessionVersion: number };
  }
}

const sessionDays = 14;

let made: NextAuthOptions | undefined;

/** next-auth 4 with JWT sessions and no adapter: docs/decisions/0002. Made lazily, so that a build needs no environment. */
export function sessionOptions(): NextAuthOptions {
  made ??= makeOptions();
  return made;
}

function makeOptions(): NextAuthOptions {
  return {
    secret: env().nextauthSecret,
    session: { strategy: 'jwt', maxAge: sessionDays * 86_400 },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    providers: [facebook()],
    callbacks: {
      async signIn({ profile, account }) {
        if (!account) return false;
        const admitted = await admitPerson(database(), personOf(profile, account.providerAccountId), new Date());
        return admitted ? true : '/sign-in/refused';
      },
      async jwt({ token, account, profile }) {
        if (!account) return token;
        const admitted = await admitPerson(database(), personOf(profile, account.providerAccountId), new Date());
        // Only this goes into the cookie: a larger one is split past 4 KB, and the token of Facebook has no business there.
        return { beckon: admitted ?? undefined };
      },
      session: ({ session, token }) => ({ expires: session.expires, beckon: token.beckon }),
    },
    logger: {
      error: (code, metadata) => log.error({ code, fault: faultOf('error' in metadata ? metadata.error : metadata) }, 'sign-in failed'),
      warn: (code) => log.warn({ code }, 'sign-in warning'),
      debug: () => {},
    },
  };
}

function facebook() {
  const app = env().facebook;
  const { appId, appSecret, graphUrl, dialogUrl, version } = app;
  return FacebookProvider({
    clientId: appId,
    clientSecret: appSecret,
    // The library's own addresses name v11.0, which has ended.
    authorization: { url: `${dialogUrl}/${version}/dialog/oauth`, params: { scope: 'public_profile,email' } },
    token: `${graphUrl}/${version}/oauth/access_token`,
    // Ours instead of the library's: an app may demand appsecret_proof of every call.
    userinfo: {
      url: `${graphUrl}/${version}/me`,
      request: ({ tokens }) =>
        openGraph({ ...app, token: tokens.access_token ?? '' }).call('GET', ['me'], { fields: 'id,name,email,picture' }),
    },
    client: { token_endpoint_auth_method: 'client_secret_post' },
    httpOptions: { timeout: 10_000 },
    // The library's own reads the picture without looking whether there is one.
    profile: (raw) => ({ id: raw.id, name: raw.name ?? null, email: raw.email ?? null, image: raw.picture?.data?.url ?? null }),
  });
}

/** A person may have no e-mail, no picture, or have hidden their name. */
function personOf(profile: unknown, facebookId: string): FacebookPerson {
  const raw = profile as { name?: string; email?: string; picture?: { data?: { url?: string } } } | undefined;
  return { facebookId, name: raw?.name ?? 'Someone at Facebook', email: raw?.email ?? null, image: raw?.picture?.data?.url ?? null };
}
