/** Asked for so often, a statement is worth keeping. */
const askedBefore = 3;
/** Each connection keeps its own copy in Postgres, and lets go of none. */
const mostKept = 200;
const mostRemembered = 1_000;

/**
 * Which statements are prepared once a connection and kept, instead of being taken apart and planned at each use, which takes a second
 * journey to the server: those that are asked for again and again. For work whose statements are few and always the same.
 */
export class KeptStatements {
  private readonly kept = new Set<string>();
  private asked = new Map<string, number>();

  keeps(text: string): boolean {
    if (this.kept.has(text)) return true;
    if (this.kept.size === mostKept) return false;
    const times = (this.asked.get(text) ?? 0) + 1;
    if (times > askedBefore) {
      this.asked.delete(text);
      this.kept.add(text);
      return true;
    }
    if (this.asked.size === mostRemembered) this.asked = new Map();
    this.asked.set(text, times);
    return false;
  }
}
