import type { Database } from '@/db/client';
import { connectionToken, defaultConnection } from '@/db/connections';
import type { WorkspaceId } from '@/lib/auth';
import type { EncryptionKeys } from '@/lib/crypto';
import type { FacebookApp } from './connect';
import { type Graph, openGraph } from './transport';
import type { Usage } from './usage';

export type GraphWorld = { db: Database; facebook: FacebookApp; encryptionKeys: EncryptionKeys; onUsage?: (usage: Usage) => void };

/** Facebook in the name of one of the workspace's connections; without an id, of the one `defaultConnection` chooses. */
export async function graphFor(world: GraphWorld, workspaceId: WorkspaceId, connectionId?: string): Promise<Graph> {
  const id = connectionId ?? (await defaultConnection(world.db, workspaceId)).id;
  const token = await connectionToken(world.db, workspaceId, id, world.encryptionKeys);
  return openGraph({ ...world.facebook, token, onUsage: world.onUsage });
}
