import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { listColumn, listValue, previewList } from './list-csv';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hex = (text: string) => Buffer.from(text).toString('hex');

describe('the column of a list', () => {
  it('is the one whose header says userId, email or phone, in any of their spellings', () => {
    expect(listColumn(['userId'], {})).toEqual({ index: 0, identifier: 'userId', header: true, columns: 1 });
    expect(listColumn(['Name', 'E-Mail', 'Age'], {})).toMatchObject({ index: 1, identifier: 'email' });
    expect(listColumn(['Type', 'Identity'], {})).toMatchObject({ index: 1, identifier: 'userId' });
    expect(listColumn(['\uFEFF phone number '], {})).toMatchObject({ index: 0, identifier: 'phone' });
  });

  it('can be chosen, and what it holds', () => {
    expect(listColumn(['userId', 'email'], { column: 'email' })).toMatchObject({ index: 1, identifier: 'email' });
    expect(listColumn(['userId', 'email'], { identifier: 'email' })).toMatchObject({ index: 1, identifier: 'email' });
    expect(listColumn(['userId', 'email'], { place: 2 })).toMatchObject({ index: 1, identifier: 'email' });
    expect(listColumn(['member no'], { identifier: 'userId' })).toMatchObject({ index: 0, identifier: 'userId' });
    expect(listColumn(['u1'], { header: false, identifier: 'userId' })).toMatchObject({ index: 0, header: false });
    expect(listColumn(['x', 'u1'], { header: false, identifier: 'userId', place: 2 })).toMatchObject({ index: 1 });
  });

  it.each([
    [['name'], {}, 'column', 'There is no column userId, email or phone.'],
    [['userId', 'email'], {}, 'column', 'Several columns could be meant: userId, email. Say which.'],
    [['userId'], { column: 'mail' }, 'column', 'There is no column mail.'],
    [['name', 'age'], { column: 'age' }, 'identifier', 'Say what the column age holds: userId, email or phone.'],
    [['u1'], { header: false }, 'identifier', 'Without a header, say what the column holds: userId, email or phone.'],
    [['u1'], { header: false, identifier: 'userId', place: 2 }, 'place', 'The file has no column 2.'],
    [['userId'], { place: 0 }, 'place', 'The file has no column 0.'],
  ] as const)('cannot be told from %j with %j', (first, choice, field, message) => {
    expect(() => listColumn(first, choice)).toThrow(expect.objectContaining({ code: 'invalid', field, message }));
  });
});

describe('a value of a list', () => {
  const column = (identifier: 'userId' | 'email' | 'phone') => ({ index: 0, identifier, header: true, columns: 1 });

  it('is a user id as it is, and a digest of a normalized email or phone', () => {
    expect(listValue([' u1 '], column('userId'), null)).toEqual({ value: hex('u1') });
    expect(listValue(['Ünïque-ID'], column('userId'), null)).toEqual({ value: hex('Ünïque-ID') });
    expect(listValue([' Ada@Example.COM'], column('email'), null)).toEqual({ value: sha256('ada@example.com') });
    expect(listValue(['+49 (0)30 901820'], column('phone'), null)).toEqual({ value: sha256('4930901820') });
    expect(listValue(['030 901820'], column('phone'), 'DE')).toEqual({ value: sha256('4930901820') });
  });

  it('that cannot be used has its reason', () => {
    expect(listValue(['  '], column('userId'), null)).toEqual({ reason: 'Empty.' });
    expect(listValue(['x'.repeat(513)], column('userId'), null)).toEqual({ reason: 'Longer than 512 characters.' });
    expect(listValue(['ada@'], column('email'), null)).toEqual({ reason: 'Not a valid email.' });
    expect(listValue(['12'], column('phone'), 'DE')).toEqual({ reason: 'Not a valid phone number.' });
    expect(listValue(['030 901820'], column('phone'), null)).toEqual({
      reason: 'Not a valid phone number, or its country code is missing.',
    });
    expect(listValue(['a', 'b'], column('userId'), null)).toEqual({ reason: 'The row has 2 columns, the first one 1.' });
  });
});

describe('the preview', () => {
  it('shows the first rows with what is wrong in each', () => {
    const preview = previewList('email;name\nada@example.com;Ada\nnobody;Bob\n;Cy\ncut@exa', {}, null);
    expect(preview).toEqual({
      columns: [
        { name: 'email', identifier: 'email' },
        { name: 'name', identifier: 'userId' },
      ],
      header: true,
      chosen: { index: 0, identifier: 'email', header: true, columns: 2 },
      rows: [
        { cells: ['ada@example.com', 'Ada'], reason: null },
        { cells: ['nobody', 'Bob'], reason: 'Not a valid email.' },
        { cells: ['', 'Cy'], reason: 'Empty.' },
      ],
    });
  });

  it('tells a file without a header by its first row', () => {
    expect(previewList('ada@example.com\nbob@example.com\n', {}, null)).toMatchObject({
      header: false,
      columns: [{ name: 'Column 1', identifier: 'email' }],
      chosen: { index: 0, identifier: 'email' },
      rows: [{ cells: ['ada@example.com'], reason: null }, { cells: ['bob@example.com'] }],
    });
    expect(previewList('+49 30 901820\n+49 30 901821\n', {}, null)).toMatchObject({ header: false, chosen: { identifier: 'phone' } });
    expect(previewList('member\nu1\n', {}, null)).toMatchObject({ header: true, chosen: { index: 0, identifier: 'userId' } });
    expect(previewList('no,contact\n1,a@b.de\n', {}, null)).toMatchObject({ header: true, chosen: { index: 1, identifier: 'email' } });
    expect(previewList('no,name\n1,Ada\n', {}, null)).toMatchObject({ header: true, chosen: null });
    expect(previewList('member\nu1\n', { identifier: 'userId' }, null)).toMatchObject({ header: true, chosen: { index: 0 } });
  });

  it('of nothing, and of what is no CSV, is refused', () => {
    expect(() => previewList('\n', {}, null)).toThrow('The file is empty.');
    expect(() => previewList('userId\n"u1\nu2\n', {}, null)).toThrow('This does not read as a CSV file.');
  });
});
