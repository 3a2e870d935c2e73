import type { Json, Page } from '../contract.ts';
import type { CutMessage } from './cut-mbox.ts';
import { parseMessage } from './parse.ts';
import type { MailIo } from './settings.ts';

const pageMessages = 200;
const pageBytes = 4 * 1024 * 1024;

interface OpenPage {
  add(io: MailIo, message: Pick<CutMessage, 'raw' | 'envelope' | 'end' | 'isCut'>): Promise<void>;
  isFull(): boolean;
  take(): Omit<Page, 'cursor'>;
}

/** Collects messages, and what could not be read of them, until there is enough for a page. */
export function openPage(where: string): OpenPage {
  let items: Json[] = [];
  let unreadable: NonNullable<Page['unreadable']> = [];
  let bytes = 0;
  return {
    async add(io, { raw, envelope, end, isCut }) {
      const parsed = await parseMessage(raw, envelope, io.now().getTime());
      bytes += Math.min(raw.length, 200_000);
      if ('reason' in parsed) {
        const shown = `From ${envelope}\n${raw.toString('utf8', 0, 20_000)}`;
        unreadable.push({ externalId: `${where} up to ${end}`.slice(-300), raw: shown, reason: `${where}: ${parsed.reason}` });
      } else if (io.since === undefined || parsed.at >= io.since.getTime()) {
        items.push(isCut ? { ...parsed.item, cut: true } : parsed.item);
      }
    },
    isFull: () => items.length + unreadable.length >= pageMessages || bytes >= pageBytes,
    take() {
      const taken = { items, ...(unreadable.length === 0 ? {} : { unreadable }) };
      items = [];
      unreadable = [];
      bytes = 0;
      return taken;
    },
  };
}
