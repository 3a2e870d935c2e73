import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { replay } from '../../src/connectors/kit/replay.ts';
import type { ReplayServer } from '../../src/connectors/kit/replay.ts';

const day = 86_400;
const people = [
  { id: 'U0QUIET', name: 'quentin', full: 'Quentin Quiet' },
  { id: 'U0NEWONE', name: 'nadia', full: 'Nadia New' },
  { id: 'U0OLDONE', name: 'olu', full: 'Olu Adeyemi' },
  { id: 'U0OTHER', name: 'otto', full: 'Otto Other' },
  { id: 'U0MORE', name: 'mei', full: 'Mei Moreau' },
];

interface Message {
  user: string;
  text: string;
  /** Days before the moment of the story. */
  ago: number;
}

/** Half a year in one channel: somebody who stopped, somebody new, and something that everybody talks about of late. */
const story: Message[] = [
  ...[110, 100, 90, 80, 70, 60, 50, 45].map((ago) => ({ user: 'U0QUIET', text: `Here is my week, number ${ago}.`, ago })),
  ...[170, 120, 60, 20, 5].map((ago) => ({ user: 'U0OLDONE', text: 'Good morning from the harbour.', ago })),
  { user: 'U0OTHER', text: 'The kubernetes operator does not start on my cluster.', ago: 12 },
  { user: 'U0OLDONE', text: 'Did you look at the logs of the kubernetes operator?', ago: 11.9 },
  { user: 'U0MORE', text: 'The kubernetes operator needs a newer cluster, see the guide.', ago: 9 },
  { user: 'U0NEWONE', text: 'Hello everybody! Is the kubernetes operator ready for production?', ago: 6 },
  { user: 'U0OTHER', text: 'I wrote a post about the kubernetes operator.', ago: 3 },
];

/** A Slack workspace that tells the story, on this machine; its times end at `now`. */
export async function openChat(folder: string, now: Date): Promise<ReplayServer> {
  const seconds = now.getTime() / 1000;
  const messages = story
    .map(({ user, text, ago }, n) => ({
      type: 'message',
      user,
      text,
      ts: `${Math.floor(seconds - ago * day)}.${String(n).padStart(6, '0')}`,
    }))
    .sort((a, b) => Number(b.ts) - Number(a.ts));
  const exchange = (request: string, json: unknown) => ({ repeat: true, request: { path: request }, response: { json } });
  const members = people.map(({ id, name, full }) => ({
    id,
    team_id: 'T0ACME',
    name,
    deleted: false,
    real_name: full,
    is_bot: false,
    updated: 1_700_000_000,
    profile: { real_name: full, display_name: name },
  }));
  const done = { response_metadata: { next_cursor: '' } };
  const channels = [{ id: 'C0GENERAL', name: 'general' }];
  const exchanges = [
    exchange('/auth.test', {
      ok: true,
      url: 'https://acme.slack.com/',
      team: 'Acme',
      user: 'rapport',
      team_id: 'T0ACME',
      user_id: 'U0BOT',
    }),
    exchange('/users.conversations?types=public_channel%2Cprivate_channel&limit=200', { ok: true, channels, ...done }),
    exchange('/conversations.history?channel=C0GENERAL&limit=1', { ok: true, messages: [], has_more: false }),
    exchange('/users.list?limit=1', { ok: true, members: [] }),
    exchange('/conversations.history?channel=C0GENERAL&limit=200', { ok: true, has_more: false, messages }),
    exchange('/users.list?limit=200', { ok: true, members, ...done }),
  ];
  const file = path.join(folder, 'chat.json');
  writeFileSync(file, JSON.stringify({ synthetic: true, exchanges }));
  return replay(file);
}
