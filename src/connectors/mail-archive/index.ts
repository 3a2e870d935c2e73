import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { tried } from '../kit/failures.ts';
import { openArchive } from './files.ts';
import { messages } from './messages.ts';
import type { MailIo } from './settings.ts';
import { archiveName, mailSettings } from './settings.ts';

export const mailArchive = defineConnector({
  name: 'mail-archive',
  title: 'Mailing-list archive',
  summary: 'Reads the threads of a mailing list from mbox files or a Maildir on this machine.',
  settings: mailSettings,
  nameOf: archiveName,
  everyMinutes: 24 * 60,
  check,
  localPath: (settings) => settings.path,
  streams: [messages],
});

async function check(io: MailIo): Promise<CheckLine[]> {
  return [
    await tried('Read the archive', async () => {
      const archive = await openArchive(io.settings.path);
      if (archive.kind === 'maildir') return `${io.settings.path} is a Maildir.`;
      const { files, skipped } = archive;
      const left =
        skipped.length === 0 ? '' : ` No mbox, and left out: ${skipped.slice(0, 10).join(', ')}${skipped.length > 10 ? ', …' : ''}.`;
      const megabytes = files.reduce((sum, { size }) => sum + size, 0) / 1_000_000;
      return `${files.length === 1 ? 'One mbox file' : `${files.length} mbox files`}, ${megabytes.toFixed(1)} MB.${left}`;
    }),
  ];
}
