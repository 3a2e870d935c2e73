import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const built = path.join(root, 'dist/web');
/** What dist/web was built from. */
const stamp = path.join(root, 'dist/web.sha256');

/** Builds the web app when it is missing or older than its sources. Without sources (an image) it is taken as it is. */
export async function ensureWebApp(): Promise<void> {
  if (!existsSync(path.join(root, 'web'))) return;
  if (existsSync(path.join(built, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()) return;
  process.stderr.write('Building the web app …\n');
  await buildWebApp();
}

/** Into a folder of its own first: a build that fails or is killed leaves the app that is served as it was. */
export async function buildWebApp(): Promise<void> {
  const sources = fingerprint();
  const staging = path.join(root, `dist/web.${process.pid}`);
  mkdirSync(path.dirname(staging), { recursive: true });
  try {
    await vite(staging);
    rmSync(built, { recursive: true, force: true });
    renameSync(staging, built);
    writeFileSync(stamp, sources);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function vite(outDir: string): Promise<void> {
  const program = path.join(root, 'node_modules/vite/bin/vite.js');
  const child = spawn(process.execPath, [program, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`The web app could not be built:\n${said}`))));
  });
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const sources = readdirSync(path.join(root, 'web'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const others = ['vite.config.ts', 'postcss.config.mjs', 'postcss.config.cjs', 'package-lock.json']
    .map((name) => path.join(root, name))
    .filter((file) => existsSync(file));
  for (const file of [...sources, ...others].sort()) {
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

if (import.meta.main) {
  await buildWebApp();
  process.stdout.write('The web app is in dist/web.\n');
}
