import { DrizzleQueryError } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { faultOf } from './log';

it('never says what a failed statement carried', () => {
  const cause = Object.assign(new Error('duplicate key'), { code: '23505', constraint_name: 'users_email' });
  const fault = JSON.stringify(faultOf(new DrizzleQueryError('insert into users values ($1)', ['ada@example.com'], cause)));
  expect(fault).not.toContain('ada@example.com');
  expect(fault).toContain('23505');
});
