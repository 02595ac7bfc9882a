import { createTransport } from 'nodemailer';
import { DeliveryFault, type Mail } from './deliver';

/**
 * A sender over the SMTP server of that address, smtps://user:password@host or smtp://host:587. @param from "Beckon <alerts@example.com>".
 * What it throws says the server's number and nothing of what was sent.
 */
export function smtpMailer(smtpUrl: string, from: string): (mail: Mail) => Promise<void> {
  const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
  const transport = createTransport({ url: smtpUrl, ...timeouts }, { from });
  return async (mail) => {
    try {
      await transport.sendMail(mail);
    } catch (error) {
      const { responseCode, code } = error as { responseCode?: number; code?: string };
      throw new DeliveryFault(
        responseCode ? `The mail server answered ${responseCode}.` : `The mail server could not be used (${code ?? 'unknown'}).`,
      );
    }
  };
}
