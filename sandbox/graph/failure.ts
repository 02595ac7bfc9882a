import { randomBytes } from 'node:crypto';

export interface FailureDetail {
  subcode?: number;
  status?: number;
  type?: 'OAuthException' | 'GraphMethodException' | 'FacebookApiException' | 'Exception';
  transient?: boolean;
  title?: string;
  userMessage?: string;
  data?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** A refusal in Graph's envelope. */
export class GraphFailure extends Error {
  readonly status: number;

  constructor(
    readonly code: number,
    message: string,
    readonly detail: FailureDetail = {},
  ) {
    super(message);
    this.status = detail.status ?? usualStatus(code);
  }

  body(traceId: string): { error: Record<string, unknown> } {
    const { subcode, type, transient, title, userMessage, data } = this.detail;
    const rich = subcode !== undefined || title !== undefined || transient !== undefined;
    return {
      error: {
        message: this.message,
        type: type ?? 'OAuthException',
        code: this.code,
        ...(data ? { error_data: data } : {}),
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(rich ? { is_transient: transient ?? false } : {}),
        ...(title === undefined ? {} : { error_user_title: title }),
        ...(userMessage === undefined ? {} : { error_user_msg: userMessage }),
        fbtrace_id: traceId,
      },
    };
  }
}

/** 10 and the 200 family are forbidden, 1 and 2 are Facebook's own fault, all else (throttling too) is a bad request. */
function usualStatus(code: number): number {
  if (code === 10 || code === 200 || code === 273) return 403;
  if (code === 1 || code === 2 || code < 0) return 500;
  return 400;
}

/** Like `AbCdEfGhIjKlMnOpQrStUvW`. */
export function newTraceId(): string {
  return `A${randomBytes(17).toString('base64url').replaceAll('-', 'x').replaceAll('_', 'y').slice(0, 22)}`;
}

export function invalidParameter(message: string, detail: FailureDetail = {}): GraphFailure {
  return new GraphFailure(100, message.startsWith('(#') ? message : `(#100) ${message}`, detail);
}

export function missingObject(id: string): GraphFailure {
  return new GraphFailure(
    100,
    `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`,
    { subcode: 33, type: 'GraphMethodException' },
  );
}

export function termsNotAccepted(accountId: string, subcode: 1870034 | 1870090): GraphFailure {
  return new GraphFailure(200, 'Permissions error', {
    subcode,
    title: 'Custom Audience Terms Not Accepted',
    userMessage: `You'll need to agree to the Custom Audience terms before you can create or edit an audience: business.facebook.com/ads/manage/customaudiences/tos/?act=${accountId}`,
  });
}

export function valueTermsNotAccepted(accountId: string): GraphFailure {
  return new GraphFailure(200, 'Permissions error', {
    subcode: 1870092,
    title: 'Business Tools Terms Not Accepted',
    userMessage: `You'll need to agree to the terms for value-based audiences before you can use one: business.facebook.com/customaudiences/value_based/tos?act=${accountId}`,
  });
}

const deadTokenText: Record<number, string> = {
  458: 'Error validating access token: The user has not authorized application.',
  459: 'Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the instructions given.',
  460: 'Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.',
  463: 'Error validating access token: Session has expired.',
  464: 'Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user.',
  467: 'Error validating access token: The session is invalid because the user logged out.',
};

export function deadToken(subcode: number | null): GraphFailure {
  const message =
    subcode === null
      ? 'Invalid OAuth access token - Cannot parse access token'
      : (deadTokenText[subcode] ?? 'Error validating access token.');
  return new GraphFailure(190, message, {
    ...(subcode === null ? {} : { subcode }),
    headers: {
      'www-authenticate': `OAuth "Facebook Platform" "invalid_token" "${message}"`,
    },
  });
}
