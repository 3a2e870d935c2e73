import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment } from '../src/platform/config.ts';
import { createRandom, zipfRank } from './random.ts';
import { createProse } from './words.ts';

const people = 1500;
const files = 4000;

/** Makes a git repository of so many commits: few people make most of them, each changes some lines of one to six files. */
export async function makeRepository(folder: string, commits: number): Promise<void> {
  await run(folder, ['init', '--quiet', '--bare', '.']);
  const git = spawn('git', ['-c', 'safe.directory=*', 'fast-import', '--quiet'], {
    cwd: folder,
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(git, 'close');
  const random = createRandom(12);
  const prose = createProse(8);
  const content = new Map<number, string[]>();
  let chunk = '';
  for (let n = 0; n < commits; n++) {
    const who = zipfRank(random, Math.max(5, Math.floor((people * (n + commits / 5)) / (commits * 1.2))));
    const at = 1_500_000_000 + Math.floor((n * 230_000_000) / commits) + random.below(1000);
    const zone = ['+0000', '+0100', '-0500', '-0800', '+0530'][who % 5] ?? '+0000';
    const signature = `Person ${prose.word(500 + who)} <${prose.word(500 + who)}${who}@${who % 3 === 0 ? 'example.com' : `${prose.word(who % 90)}.example`}> ${at} ${zone}`;
    const message = `${prose.text(random, 40)}\n\n${prose.text(random, 50 + random.below(300))}\n${random.next() < 0.3 ? `\nReviewed-by: Person ${prose.word(500 + (who % 40))} <${prose.word(500 + (who % 40))}${who % 40}@example.com>\n` : ''}`;
    chunk += `commit refs/heads/main\nauthor ${signature}\ncommitter ${signature}\ndata ${Buffer.byteLength(message)}\n${message}\n`;
    for (const file of new Set(Array.from({ length: 1 + random.below(random.next() < 0.3 ? 6 : 2) }, () => zipfRank(random, files)))) {
      const lines = content.get(file) ?? Array.from({ length: 12 + random.below(30) }, () => prose.text(random, 30));
      for (let change = random.below(8); change >= 0; change--)
        lines.splice(random.below(lines.length), random.next() < 0.8 ? 1 : 0, prose.text(random, 30));
      content.set(file, lines);
      const text = `${lines.join('\n')}\n`;
      chunk += `M 100644 inline src/${file % 60}/${prose.word(file)}-${file}.c\ndata ${Buffer.byteLength(text)}\n${text}\n`;
    }
    if (chunk.length < 512 * 1024) continue;
    if (!git.stdin.write(chunk)) await once(git.stdin, 'drain');
    chunk = '';
  }
  git.stdin.end(chunk);
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with code ${code}.`);
  await run(folder, ['symbolic-ref', 'HEAD', 'refs/heads/main']);
  await run(folder, ['repack', '-adq']);
}

/** Runs git and throws its output away: what anything that reads a history has to wait for. Resolves to seconds. */
export async function run(folder: string, args: readonly string[]): Promise<number> {
  const began = performance.now();
  const git = spawn('git', ['--no-pager', '-c', 'safe.directory=*', ...args], {
    cwd: folder,
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(git, 'close')) as [number];
  if (code !== 0) throw new Error(`git ${args[0] ?? ''} ended with code ${code}.`);
  return (performance.now() - began) / 1000;
}
