import type { Metadata } from 'next';
import Link from 'next/link';
import { Mark } from '@/components/shell/mark';
import { Button } from '@/components/ui/button';

export const metadata: Metadata = { title: 'Not invited' };

export default function Refused() {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-12">
      <div className="w-full max-w-sm">
        <Mark className="size-11" />
        <h1 className="mt-6 font-semibold text-2xl tracking-tight">You are not a member here yet</h1>
        <p className="mt-2 text-muted-foreground text-sm">
          Facebook knows you, but this installation of Beckon does not. Nothing about you was kept. Ask its owner to let you in, or sign in
          as somebody else.
        </p>
        <Button asChild variant="outline" className="mt-8">
          <Link href="/sign-in">Sign in as somebody else</Link>
        </Button>
      </div>
    </main>
  );
}
