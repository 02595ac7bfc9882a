import { database } from '@/db/open';
import { Door } from '../door';

export const dynamic = 'force-dynamic';

const holder = globalThis as typeof globalThis & { beckonDoor?: Door };

/** Segment-compatible intake: docs/intake.md. */
export async function POST(request: Request, { params }: { params: Promise<{ call: string }> }): Promise<Response> {
  holder.beckonDoor ??= new Door(database());
  return holder.beckonDoor.accept((await params).call, request);
}
