/** Minted only in this file, by the session gate and the key check: holding one proves the right to that workspace's rows. */
export type WorkspaceId = number & { readonly __brand: 'WorkspaceId' };
