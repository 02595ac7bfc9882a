import type { Database } from '@/db/client';
import { connectionToken, defaultConnection } from '@/db/connections';
import type { WorkspaceId } from '@/lib/auth';
import type { EncryptionKeys } from '@/lib/crypto';
import type { FacebookApp } from './connect';
import { type Graph, type GraphHooks, openGraph } from './transport';

export type GraphWorld = { db: Database; facebook: FacebookApp; encryptionKeys: EncryptionKeys };

/** Facebook in the name of one of the workspace's connections; without an id, of the one `defaultConnection` chooses. */
export async function graphFor(world: GraphWorld, workspaceId: WorkspaceId, connectionId?: string, hooks: GraphHooks = {}): Promise<Graph> {
  const id = connectionId ?? (await defaultConnection(world.db, workspaceId)).id;
  const token = await connectionToken(world.db, workspaceId, id, world.encryptionKeys);
  return openGraph({ ...world.facebook, token, ...hooks });
}
