import { FlaskConical } from 'lucide-react';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Mark } from '@/components/shell/mark';
import { SignInButton } from '@/components/shell/sign-in-button';
import { FieldError } from '@/components/ui/field';
import { currentUser } from '@/lib/auth';
import { env } from '@/lib/env';
import { safeReturnTo } from '@/lib/facebook/login-state';

export const metadata: Metadata = { title: 'Sign in' };
export const dynamic = 'force-dynamic';

type Props = { searchParams: Promise<{ error?: string; callbackUrl?: string }> };

const faults: Record<string, string> = {
  Callback: 'Facebook did not let you in. Did you decline? Try again.',
  OAuthCallback: 'Facebook did not let you in. Did you decline? Try again.',
  OAuthSignin: 'Facebook could not be reached. Try again in a moment.',
  AccessDenied: 'Facebook did not let you in.',
};

export default async function SignIn({ searchParams }: Props) {
  const { error, callbackUrl } = await searchParams;
  if (await currentUser()) redirect('/campaigns');
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-12">
      <div className="w-full max-w-sm">
        <Mark className="size-11" />
        <h1 className="mt-6 font-semibold text-2xl tracking-tight">Sign in to Beckon</h1>
        <p className="mt-2 text-muted-foreground text-sm">Audiences at Facebook that stay equal to your user segments.</p>
        <div className="mt-8 grid gap-4">
          {error && <FieldError>{faults[error] ?? 'Signing in did not work. Try again.'}</FieldError>}
          <SignInButton callbackUrl={safeReturnTo(callbackUrl ?? null, '/campaigns')} />
        </div>
        {env().sandboxUrl && (
          <p className="mt-6 flex gap-2 rounded-xl bg-warning/15 p-3 text-warning-foreground text-xs">
            <FlaskConical aria-hidden className="size-4 shrink-0" />
            <span>This is a rehearsal: a local sandbox stands in for Facebook. The first person to sign in owns the installation.</span>
          </p>
        )}
      </div>
    </main>
  );
}
