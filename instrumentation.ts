/** Runs once when the server process starts, before the first request is answered. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { env } = await import('@/lib/env');
  // Stops the process here, with every faulty variable named, rather than at the first request.
  if (env().onVercel) return;
  const { startTicker } = await import('@/lib/ticker');
  startTicker();
}
