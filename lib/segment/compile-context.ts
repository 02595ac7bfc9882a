import type { WorkspaceId } from '@/lib/auth';
import type { Definition } from './definition';

export type CatalogueEvent = { eventId: number; amountProperty: string | null; labelProperty: string | null };

/** A saved segment, written in where it is referred to; or a list, whose profiles `list_members` has. */
export type SegmentSource = { definition: Definition } | { list: { id: string } };

export type CompileContext = {
  workspaceId: WorkspaceId;
  /** IANA, of the workspace: local days. */
  zone: string;
  /** "Now" of every window; nothing after it is seen. */
  at: Date;
  /** The caller's clock: what was stored by then may be later than `at`. Decides how the answer is found, never what it is. */
  now: Date;
  /** The workspace's events by name; a name that is not there was never seen, so nobody did it. */
  events: ReadonlyMap<string, CatalogueEvent>;
  /** By key: every segment the definition refers to, and those they refer to; known to be free of cycles. */
  segments: ReadonlyMap<string, SegmentSource>;
  /** Asks about these profiles only (ids as text). */
  among?: readonly string[];
  /** Reads the sample's tables in place of the full ones. */
  sample?: true;
};
