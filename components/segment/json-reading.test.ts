import { describe, expect, it } from 'vitest';
import { looksLikeJson, readDefinition } from './json-reading';

describe('JSON that is pasted', () => {
  it('is a definition, bare or as the API carries it', () => {
    expect(readDefinition(' {"did":"A"}\n')).toEqual({ ok: true, definition: { did: 'A' } });
    expect(readDefinition('{"name":"x","definition":{"did":"A"}}')).toEqual({ ok: true, definition: { did: 'A' } });
  });

  it('says what is wrong, and where', () => {
    expect(readDefinition('{"all":[{"did":"A"},{"did":"B","cont":{"gte":2}}]}')).toMatchObject({ ok: false, path: 'all[1].cont' });
    expect(readDefinition('{"all":[\n\n oops]}')).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^This is not JSON/),
      path: '',
    });
    expect(readDefinition('[]')).toMatchObject({ ok: false, path: '' });
    expect(readDefinition('null')).toMatchObject({ ok: false, path: '' });
  });

  it('is told from any other text on a clipboard', () => {
    expect(looksLikeJson(' {"did": "A"} ')).toBe(true);
    expect(looksLikeJson('a {sentence}')).toBe(false);
  });
});
