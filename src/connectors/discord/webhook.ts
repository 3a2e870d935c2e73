import { createPublicKey, verify } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import type { Webhook, WebhookNews, WebhookRequest } from '../contract.ts';
import { sourceRefused } from '../kit/failures.ts';
import type { DiscordSettings } from './settings.ts';

/** What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const window = 5 * 60;

const interaction = z.object({ type: z.int().min(1).max(5) });

/** discord.com/developers/docs/interactions/overview#preparing-for-interactions */
export const webhook: Webhook<DiscordSettings> = {
  secret: 'publicKey',
  setUp: [
    'Open your application at https://discord.com/developers/applications and copy its public key (General Information) into the settings, and save.',
    'Enter {address} as "Interactions Endpoint URL" on the same page, and save. Discord checks it at once.',
    'Messages are not sent there (Discord has no webhook for them): they are read on schedule, and at once when somebody uses a command or a button of the application.',
  ],
  verify: verifyInteraction,
  read,
};

function verifyInteraction({ headers, body, receivedAt }: WebhookRequest, { publicKey }: DiscordSettings): void {
  const signature = headers['x-signature-ed25519'] ?? '';
  const time = headers['x-signature-timestamp'] ?? '';
  if (publicKey === undefined || !/^[\da-f]{128}$/i.test(signature)) throw unsigned();
  const key = createPublicKey({ key: Buffer.concat([derPrefix, Buffer.from(publicKey, 'hex')]), format: 'der', type: 'spki' });
  if (!verify(null, Buffer.concat([Buffer.from(time), body]), key, Buffer.from(signature, 'hex'))) throw unsigned();
  if (!(Math.abs(receivedAt.getTime() / 1000 - Number(time)) <= window))
    throw new AppError(
      'unauthenticated',
      'webhook.replayed',
      'The request was signed more than five minutes ago. Check the clock of this machine.',
    );
}

/** Discord wants an answer in three seconds: PONG, a note that only the person sees, or that the press arrived. */
function read(request: WebhookRequest): WebhookNews {
  const parsed = interaction.safeParse(readJson(request.body));
  if (!parsed.success) throw sourceRefused('discord.interaction', 'This is no interaction of Discord.');
  const { type } = parsed.data;
  if (type === 1) return { answer: { json: { type: 1 } } };
  if (type === 4) return { answer: { json: { type: 8, data: { choices: [] } } } };
  if (type === 3) return { readNow: true, answer: { json: { type: 6 } } };
  return { readNow: true, answer: { json: { type: 4, data: { content: 'Thank you, it arrived.', flags: 64 } } } };
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function unsigned(): AppError {
  return new AppError(
    'unauthenticated',
    'webhook.signature',
    'The request is not signed by this application. Enter its public key (General Information).',
  );
}
