import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type Letter = { to: string[]; from: string; subject: string; messageId: string; text: string };

export type Mailbox = {
  url: string;
  letters: Letter[];
  /** Refuses every recipient from now on, with that SMTP code; null takes them again. */
  refuse(code: number | null): void;
  close(): Promise<void>;
};

/** An SMTP server that keeps what it is given: as much of RFC 5321 as a client needs. */
export async function openMailbox(): Promise<Mailbox> {
  const letters: Letter[] = [];
  let refusal: number | null = null;
  const server = createServer((socket) => serve(socket, letters, () => refusal));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?ignoreTLS=true`,
    letters,
    refuse: (code) => {
      refusal = code;
    },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(socket: Socket, letters: Letter[], refusal: () => number | null): void {
  let rest = '';
  let data: string[] | null = null;
  let envelope = { from: '', to: [] as string[] };
  const say = (line: string) => socket.write(`${line}\r\n`);
  const take = (line: string) => {
    if (data) {
      if (line !== '.') return void data.push(line.replace(/^\./, ''));
      letters.push(letterOf(envelope, data.join('\n')));
      data = null;
      envelope = { from: '', to: [] };
      return say('250 kept');
    }
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (/^(EHLO|HELO)/i.test(line)) return say('250 mailbox');
    if (/^MAIL/i.test(line)) envelope.from = address;
    else if (/^RCPT/i.test(line)) {
      if (refusal() !== null) return say(`${refusal()} no`);
      envelope.to.push(address);
    } else if (/^DATA/i.test(line)) {
      data = [];
      return say('354 go on');
    } else if (/^QUIT/i.test(line)) {
      say('221 bye');
      return socket.end();
    }
    return say('250 ok');
  };
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  say('220 mailbox');
}

function letterOf(envelope: { from: string; to: string[] }, source: string): Letter {
  const end = source.indexOf('\n\n');
  const headers = source.slice(0, end).replaceAll(/\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? '';
  const body = source.slice(end + 2);
  const text = /quoted-printable/i.test(header('Content-Transfer-Encoding')) ? unquoted(body) : body;
  return { ...envelope, from: header('From'), subject: decoded(header('Subject')), messageId: header('Message-ID'), text };
}

const bytes = (text: string) => text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
const unquoted = (text: string) => Buffer.from(bytes(text.replaceAll(/=\n/g, '')), 'latin1').toString('utf8');

/** Encoded words of RFC 2047. */
const decoded = (text: string) =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([QB])\?(.*?)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString('utf8')
        : Buffer.from(bytes(word.replaceAll('_', ' ')), 'latin1').toString('utf8'),
    );
