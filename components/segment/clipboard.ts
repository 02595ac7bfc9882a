/** False where the browser does not let a page write: without TLS, or when it was not asked for by a person. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
