'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';

export function SignInButton({ callbackUrl }: { callbackUrl: string }) {
  const [busy, setBusy] = useState(false);
  const go = () => {
    setBusy(true);
    void signIn('facebook', { callbackUrl }).catch(() => setBusy(false));
  };
  return (
    <Button size="lg" className="w-full" onClick={go} disabled={busy}>
      {busy ? 'Opening Facebook…' : 'Continue with Facebook'}
    </Button>
  );
}
