import type { Fault } from '../store/records';
import type { World } from '../store/world';
import type { Call } from './call';
import { type FailureDetail, GraphFailure } from './failure';

/** The fault that this call has met, if any. Counts the call for every fault whose pattern it fits. */
export function meetFault(world: World, method: Call['method'], path: string, body: Buffer): Fault | null {
  let met: Fault | null = null;
  for (const fault of world.faults.all()) {
    if (fault.method !== null && fault.method !== method) continue;
    if (!new RegExp(fault.route).test(path)) continue;
    if (fault.contains && !body.includes(fault.contains)) continue;
    const seen = fault.seen + 1;
    world.faults.put({ ...fault, seen });
    const hit = seen >= fault.nth && (fault.times === 0 || seen < fault.nth + fault.times);
    if (hit && met === null) met = fault;
  }
  return met;
}

export function faultFailure(fault: Fault): GraphFailure {
  const detail: FailureDetail = {
    ...(fault.subcode === null ? {} : { subcode: fault.subcode }),
    ...(fault.status === null ? {} : { status: fault.status }),
    ...(fault.transient === null ? {} : { transient: fault.transient }),
  };
  const code = fault.code ?? 2;
  return new GraphFailure(
    code,
    fault.message ?? usualMessages[code] ?? 'An unexpected error has occurred. Please retry your request later.',
    detail,
  );
}

const usualMessages: Record<number, string> = {
  1: 'An unknown error occurred',
  2: 'An unexpected error has occurred. Please retry your request later.',
  4: '(#4) Application request limit reached',
  17: '(#17) User request limit reached',
  100: '(#100) Invalid parameter',
  190: 'Error validating access token',
  368: '(#368) The action attempted has been deemed abusive or is otherwise disallowed',
  613: '(#613) Calls to this api have exceeded the rate limit.',
  80003: '(#80003) There have been too many calls to this ad-account. Wait a bit and try again.',
  80004: '(#80004) There have been too many calls to this ad-account. Wait a bit and try again.',
};

export const htmlError = (status: number): string =>
  `<!DOCTYPE html><html lang="en"><head><title>Facebook | Error</title></head><body><h1>Sorry, something went wrong.</h1><p>We're working on it and we'll get it fixed as soon as we can.</p><p>${status}</p></body></html>`;
