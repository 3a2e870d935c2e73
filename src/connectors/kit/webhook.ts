import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../platform/errors.ts';
import type { WebhookRequest } from '../contract.ts';

/** How far a signed time may lie from ours: enough for slow networks, too little to replay a recorded request. */
const window = 5 * 60_000;

export interface Signature {
  /** Bytes where the system gives its key encoded (Standard Webhooks: `whsec_` and base64). */
  secret: string | Uint8Array;
  /** Header that carries the signature. */
  header: string;
  /** What stands before the digest in it: `sha256=`. */
  prefix?: string;
  algorithm?: 'sha256' | 'sha1' | 'sha512';
  encoding?: 'hex' | 'base64';
  /**
   * Header with the time of sending in seconds since 1970, where the system signs it; `signed` then says what the
   * digest covers (Slack: `v0:<time>:<body>`).
   */
  timestamp?: { header: string; signed(time: string, body: Buffer): Uint8Array };
}

/** Checks an HMAC over the body, in constant time. Errors: `webhook.signature`, `webhook.replayed`. */
export function verifySignature(request: WebhookRequest, how: Signature): void {
  const body = Buffer.from(request.body);
  const time = how.timestamp === undefined ? undefined : headerOf(request, how.timestamp.header);
  const covered = how.timestamp === undefined ? body : how.timestamp.signed(time ?? '', body);
  const digest = createHmac(how.algorithm ?? 'sha256', how.secret)
    .update(covered)
    .digest(how.encoding ?? 'hex');
  if (!sameText(headerOf(request, how.header) ?? '', `${how.prefix ?? ''}${digest}`)) throw wrong(how.header);
  if (how.timestamp !== undefined) refuseOld(Number(time) * 1000, request.receivedAt);
}

/** Checks a shared token (GitLab), in constant time. Errors: `webhook.signature`. */
export function verifyToken(request: WebhookRequest, header: string, token: string): void {
  if (!sameText(headerOf(request, header) ?? '', token)) throw wrong(header);
}

function refuseOld(sentAt: number, receivedAt: Date): void {
  if (!(Math.abs(receivedAt.getTime() - sentAt) <= window)) {
    throw new AppError(
      'unauthenticated',
      'webhook.replayed',
      'The request was signed more than five minutes ago. Check the clocks of both machines.',
    );
  }
}

/** Both are hashed first, so that even the length of the expected text is not given away. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b)) && b !== '';
}

function headerOf(request: WebhookRequest, name: string): string | undefined {
  return request.headers[name.toLowerCase()];
}

function wrong(header: string): AppError {
  return new AppError(
    'unauthenticated',
    'webhook.signature',
    `The request is not signed as agreed (${header}). Enter the same secret on both sides.`,
  );
}
