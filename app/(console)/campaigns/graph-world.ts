import 'server-only';
import type { Database } from '@/db/client';
import { env } from '@/lib/env';
import type { GraphWorld } from '@/lib/facebook/graph-for';

/** Facebook as the screens reach it, in the name of a workspace's connections. */
export const graphWorld = (db: Database): GraphWorld => ({ db, facebook: env().facebook, encryptionKeys: env().encryptionKeys });
