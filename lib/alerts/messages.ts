/** An alert in the two forms in which it leaves. Pure. */

export type Told = { id: number; title: string; message: string; link: string; workspaceName: string };

/** @param origin without a trailing slash. */
export function emailOf({ title, message, link, workspaceName }: Told, origin: string): { subject: string; text: string } {
  const text = [
    message,
    '',
    `${origin}${link}`,
    '',
    '--',
    `Beckon, ${workspaceName}. Who is told is set at ${origin}/settings/alerts`,
  ].join('\n');
  // A name with a line break in it must not begin a header of its own.
  return { subject: `[Beckon] ${title}`.replaceAll(/\s+/g, ' ').slice(0, 200), text };
}

/** The body that Slack's incoming webhooks take, and Mattermost's and Discord's (/slack) as well. */
export function slackMessageOf({ title, message, link, workspaceName }: Told, origin: string): object {
  const address = `${origin}${link}`;
  return {
    text: `${escaped(title)}: ${escaped(message)} ${address}`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${escaped(title)}*\n${escaped(message)}` } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: `<${address}|Open in Beckon> · ${escaped(workspaceName)}` }] },
    ],
  };
}

/** Slack's three control characters: unescaped, a campaign's name could mention a whole channel. */
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
