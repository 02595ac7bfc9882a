import NextAuth from 'next-auth';
import { sessionOptions } from '@/lib/session-options';

type Context = { params: Promise<{ nextauth: string[] }> };

export async function GET(request: Request, context: Context): Promise<Response> {
  return NextAuth(sessionOptions())(request, context);
}

export const POST = GET;
