import type { CheckLine } from '../contract.ts';
import { defineConnector } from '../kit/define.ts';
import { tried } from '../kit/failures.ts';
import { commits } from './commits.ts';
import { gitText } from './process.ts';
import type { Repository } from './repository.ts';
import { openRepository } from './repository.ts';
import type { GitIo } from './settings.ts';
import { gitSettings, locate, repositoryName } from './settings.ts';
import { tags } from './tags.ts';

export const git = defineConnector({
  name: 'git',
  title: 'Git repository',
  summary: 'Reads commits with authors, committers, co-authors, sign-offs and changed lines, and tags, from a folder or an address.',
  settings: gitSettings,
  nameOf: repositoryName,
  everyMinutes: 60,
  check,
  localPath(settings) {
    const location = locate(settings.repository);
    return location.kind === 'local' ? location.folder : undefined;
  },
  streams: [commits, tags],
});

async function check(io: GitIo): Promise<CheckLine[]> {
  let found: Repository | undefined;
  const opened = await tried('Read the repository', async () => {
    found = await openRepository(io);
    return `${io.settings.repository} is a git repository.`;
  });
  if (found === undefined) return [opened];
  const { run, tip, shallow } = found;
  if (tip === undefined) {
    return [
      opened,
      {
        ok: false,
        what: 'Find commits',
        detail:
          'The repository is empty: nothing was committed yet. It can be added all the same, and is read as soon as there are commits.',
      },
    ];
  }
  const counted = await tried(
    'Find commits',
    async () =>
      `${await gitText(io, run, ['rev-list', '--count', tip, '--'])} commits${io.settings.branch === undefined ? '' : ` on ${io.settings.branch}`}.`,
  );
  if (!shallow) return [opened, counted];
  return [
    opened,
    counted,
    {
      ok: false,
      what: 'See the whole history',
      detail: 'This is a shallow copy: its history is cut off. Run "git fetch --unshallow" in it, or enter the address of the original.',
    },
  ];
}
