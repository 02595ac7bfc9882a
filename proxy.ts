import { type NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/env';

/**
 * Gives every page a Content-Security-Policy with a nonce of its own. Intake and API paths are kept out of the matcher: Next cuts
 * the bodies of requests that pass here at 10 MB.
 */
export function proxy(request: NextRequest): NextResponse {
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

function contentSecurityPolicy(nonce: string): string {
  const { facebook, production, origin, sandboxUrl } = env();
  const dialog = new URL(facebook.dialogUrl).origin;
  const pictures = sandboxUrl ? new URL(sandboxUrl).origin : 'https://*.fbcdn.net https://*.fbsbx.com https://graph.facebook.com';
  return [
    `default-src 'self'`,
    // The development server evaluates code; production never does.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${production ? '' : " 'unsafe-eval'"}`,
    // Charts and popovers position themselves with style attributes, which no nonce can cover.
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob: ${pictures}`,
    `font-src 'self' data:`,
    `connect-src 'self'${production ? '' : ' ws:'}`,
    `object-src 'none'`,
    `base-uri 'self'`,
    `frame-ancestors 'none'`,
    // Signing in posts a form that is redirected to the dialog; browsers hold redirects to this list too.
    `form-action 'self' ${dialog}`,
    ...(origin.startsWith('https://') ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

export const config = {
  matcher: [
    {
      source: '/((?!api/|v1/|1/|_next/static|_next/image|icon.svg|favicon.ico).*)',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
};
