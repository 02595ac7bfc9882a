import { AppError } from '@/lib/errors';
import { type Definition, parseDefinition } from '@/lib/segment/definition';

export type JsonReading = { ok: true; definition: Definition } | { ok: false; message: string; path: string };

/** A definition from a text; what is wrong, in words and with its path, empty for the whole. `{"definition": …}` is taken too. */
export function readDefinition(text: string): JsonReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ok: false, message: `This is not JSON${placeOf(error, text)}.`, path: '' };
  }
  const isWrapped = typeof json === 'object' && json !== null && !Array.isArray(json) && 'definition' in json;
  try {
    return { ok: true, definition: parseDefinition(isWrapped ? (json as { definition: unknown }).definition : json) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ok: false, message: error.message, path: error.field ?? '' };
  }
}

/** Browsers say it in their own ways: some with line and column, some with a position, some not at all. */
function placeOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  const line = /line (\d+)/.exec(message)?.[1];
  if (line) return `: look at line ${line}`;
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  return `: look at line ${text.slice(0, Number(position)).split('\n').length}`;
}

/** Whether a text on the clipboard may be meant as a definition at all. */
export const looksLikeJson = (text: string): boolean => /^\s*\{[\s\S]*\}\s*$/.test(text);
