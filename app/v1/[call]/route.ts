import { after } from 'next/server';
import { database } from '@/db/open';
import { syncWorld } from '@/lib/engine';
import { env } from '@/lib/env';
import { AfterIntake } from '@/lib/live/after-intake';
import { faultOf, log } from '@/lib/log';
import { Door } from '../door';

export const dynamic = 'force-dynamic';

const holder = globalThis as typeof globalThis & { beckonDoor?: Door; beckonAfterIntake?: AfterIntake };

/** Segment-compatible intake: docs/intake.md. */
export async function POST(request: Request, { params }: { params: Promise<{ call: string }> }): Promise<Response> {
  holder.beckonDoor ??= new Door(database());
  const response = await holder.beckonDoor.accept((await params).call, request);
  // Elsewhere the process itself listens (lib/ticker.ts).
  if (response.ok && env().onVercel) after(serveLive);
  return response;
}

async function serveLive(): Promise<void> {
  holder.beckonAfterIntake ??= new AfterIntake(syncWorld(database(), env()));
  await holder.beckonAfterIntake
    .serve()
    .catch((error: unknown) => log.error({ fault: faultOf(error) }, 'live campaigns were not looked at'));
}
