import { describe, expect, it } from 'vitest';
import { campaignsBlocked, connectionBroken, reachChanged, runFailed, tokenExpiring } from './alert';
import { emailOf, slackMessageOf } from './messages';

describe('what an alert says', () => {
  const run = { runId: 7, campaignId: 'c', campaignName: 'Carts' };

  it('names the campaign whose run failed, and what the run said', () => {
    expect(runFailed({ ...run, errorMessage: 'The ad account is closed.' })).toEqual({
      kind: 'run_failed',
      key: 'run:7',
      title: 'A run of “Carts” failed',
      message: 'The ad account is closed.',
      link: '/campaigns/c/runs/7',
    });
  });

  it('tells a change of reach only beyond the share, down and up, and from or to nothing', () => {
    const title = (before: number, now: number, percent = 30) => reachChanged({ ...run, before, now }, percent)?.title ?? null;
    expect(title(48_210, 27_960)).toBe('Reach of “Carts” fell by 42 %');
    expect(title(1000, 1301)).toBe('Reach of “Carts” rose by 30 %');
    expect(title(1000, 1300)).toBeNull();
    expect(title(1000, 700)).toBeNull();
    expect(title(1000, 699)).toBe('Reach of “Carts” fell by 30 %');
    expect(title(10, 0)).toBe('Reach of “Carts” fell by 100 %');
    expect(title(0, 5)).toBe('Reach of “Carts” rose by 100 %');
    expect(title(0, 0)).toBeNull();
  });

  it('lists at most five of the campaigns that wait', () => {
    const campaigns = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    const { message } = connectionBroken({ id: 'x', name: 'Maya Rivera', reason: 'The password was changed', campaigns });
    expect(message).toBe('The password was changed. Waiting for it: “A”, “B”, “C”, “D”, “E” and 2 more.');
    const one = campaignsBlocked('campaign:a', [{ id: 'a', name: 'A', message: 'The ad set is gone.' }]);
    expect([one.title, one.message]).toEqual(['“A” is blocked', 'The ad set is gone. It goes on by itself once that is mended.']);
    const two = campaignsBlocked('terms:act_1', [
      { id: 'a', name: 'A', message: 'Accept the terms.' },
      { id: 'b', name: 'B', message: 'Accept the terms.' },
    ]);
    expect([two.title, two.link]).toEqual(['2 campaigns are blocked', '/campaigns/a']);
    expect(two.message).toBe('Accept the terms. Waiting for it: “A” and “B”. They go on by themselves once that is mended.');
  });
});

describe('a token that ends', () => {
  const expiresAt = new Date('2026-12-15T10:00:00Z');
  const told = (now: string) => tokenExpiring({ id: 'x', name: 'Maya', expiresAt, campaigns: ['Carts'] }, new Date(now));

  it('is told at 14, 7 and 1 days, each once, the nearest only', () => {
    const stages = [
      '2026-12-01T09:59',
      '2026-12-01T10:00',
      '2026-12-08T09:59',
      '2026-12-08T10:00',
      '2026-12-14T10:00',
      '2026-12-15T09:59',
      '2026-12-15T10:00',
    ];
    expect(stages.map((at) => told(`${at}:00Z`)?.key.split(':').at(-1) ?? null)).toEqual([null, '14', '14', '7', '1', '1', null]);
  });

  it('says until when, and what stops', () => {
    expect(told('2026-12-08T10:00:00Z')).toMatchObject({
      title: 'The connection of Maya ends in 7 days',
      message: 'Connect again before 2026-12-15 10:00 UTC. Otherwise these stop: “Carts”.',
    });
    expect(told('2026-12-15T00:00:00Z')?.title).toBe('The connection of Maya ends within a day');
  });
});

describe('what leaves', () => {
  const told = {
    id: 3,
    title: 'A run of “<!channel>\nBcc: x” failed',
    message: 'A & B',
    link: '/campaigns/c/runs/7',
    workspaceName: 'Shop',
  };

  it('is a letter with the address to go to, and one line of subject whatever the name', () => {
    const { subject, text } = emailOf(told, 'https://beckon.example');
    expect(subject).toBe('[Beckon] A run of “<!channel> Bcc: x” failed');
    expect(text.split('\n')).toEqual([
      'A & B',
      '',
      'https://beckon.example/campaigns/c/runs/7',
      '',
      '--',
      'Beckon, Shop. Who is told is set at https://beckon.example/settings/alerts',
    ]);
  });

  it('is JSON as Slack takes it, in which a name calls nobody', () => {
    const message = slackMessageOf(told, 'https://beckon.example') as { text: string; blocks: { text?: { text: string } }[] };
    expect(message.text).toContain('https://beckon.example/campaigns/c/runs/7');
    expect(message.blocks[0]?.text?.text).toBe('*A run of “&lt;!channel&gt;\nBcc: x” failed*\nA &amp; B');
    expect(JSON.stringify(message)).not.toContain('<!channel>');
  });
});
