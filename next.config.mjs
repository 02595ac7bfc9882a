/** Headers that do not change by request; the Content-Security-Policy with its nonce is made in proxy.ts. */
const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=()' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
];
if (process.env.NEXTAUTH_URL?.startsWith('https://')) {
  securityHeaders.push({ key: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' });
}

/** @type {import('next').NextConfig} */
export default {
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: ['facebook-nodejs-business-sdk', 'postgres', 'pino', 'libphonenumber-js', 'node-cron', 'nodemailer'],
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
};
