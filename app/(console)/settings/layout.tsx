import type { ReactNode } from 'react';
import { ConnectNotice } from '@/components/campaign/connect-notice';
import { SettingsNav } from '@/components/campaign/settings-nav';

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <div className="mx-auto grid w-full grid-cols-1 max-w-4xl gap-6">
      <h1 className="font-semibold text-2xl tracking-tight">Settings</h1>
      <SettingsNav />
      <ConnectNotice />
      {children}
    </div>
  );
}
