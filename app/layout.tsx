import '@fontsource-variable/inter';
import './globals.css';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Theme } from '@/components/shell/theme';
import { Toasts } from '@/components/shell/toasts';

export const metadata: Metadata = {
  title: { default: 'Beckon', template: '%s · Beckon' },
  description: 'Facebook Custom Audiences that stay equal to your user segments.',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f8f9fb' },
    { media: '(prefers-color-scheme: dark)', color: '#14171f' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <Theme nonce={nonce}>
          {children}
          <Toasts />
        </Theme>
      </body>
    </html>
  );
}
