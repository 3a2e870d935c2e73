import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';

/** Encrypts what must not be read from a copy of the database: AES-256-GCM, a fresh nonce each. */
export interface Secrets {
  seal(text: string): string;
  /** Errors: `secrets.unreadable` when the key is another one than it was sealed with. */
  open(sealed: string): string;
  /** A key for another purpose, derived from the same root. 32 bytes, as hex. */
  derive(purpose: string): string;
}

const version = 'v1';

export function createSecrets(config: Pick<Config, 'secretKey' | 'dataDir'>): Secrets {
  const root = config.secretKey ?? keyFromFile(config.dataDir);
  const key = createHash('sha256').update(`rapport secrets ${root}`).digest();
  return {
    seal(text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return [version, nonce.toString('base64'), cipher.getAuthTag().toString('base64'), body.toString('base64')].join(':');
    },
    open(sealed) {
      const [found, nonce, tag, body] = sealed.split(':');
      if (found !== version || nonce === undefined || tag === undefined || body === undefined) throw unreadable();
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), { authTagLength: 16 });
        decipher.setAuthTag(Buffer.from(tag, 'base64'));
        return Buffer.concat([decipher.update(Buffer.from(body, 'base64')), decipher.final()]).toString('utf8');
      } catch {
        throw unreadable();
      }
    },
    derive: (purpose) => createHash('sha256').update(`rapport ${purpose} ${root}`).digest('hex'),
  };
}

function unreadable(): AppError {
  return new AppError(
    'internal',
    'secrets.unreadable',
    'A stored secret cannot be read with the present key. Restore SECRET_KEY or data/secret.key of this database, or enter the secret again.',
  );
}

function keyFromFile(dataDir: string): string {
  const file = path.join(dataDir, 'secret.key');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    try {
      writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another process made it in the same moment: take that one.
      if (!existsSync(file)) throw error;
    }
  }
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim();
}
