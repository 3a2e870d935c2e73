// Runs the program, its tests or its checks from a bare clone: installs what is missing, and goes on with the Node
// that the lockfile pins. Plain JavaScript without dependencies, because it is what an older Node starts.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const neededMajor = 24;
const programs = new Map([
  ['test', 'scripts/test.ts'],
  ['check', 'scripts/check.ts'],
]);

/** Installs if needed, then runs `test`, `check`, or any command of Rapport. */
export async function run(args) {
  if (!(await ensureInstalled())) return;
  linkCommand();
  const script = programs.get(args[0] ?? '');
  const program = path.join(root, script ?? 'src/main.ts');
  const rest = script === undefined ? args : args.slice(1);
  if (major(process.versions.node) < neededMajor) await inOtherNode(pinnedNode(), args);
  else if (staysLong.has(args[0]) && wantsAllocator()) await inOtherNode(process.execPath, args);
  else await inThisProcess(program, rest);
}

/** What runs so long, or holds so much, that it matters what it gives back. */
const staysLong = new Set(['start', 'bench']);

/**
 * glibc raises the size from which it asks the system for memory of its own, and gives it back, as soon as some is freed: what
 * a report or an import took then stays in holes between what is kept. A size that is said once stays; so many such pieces at
 * the most, as a process may have 65,530 of all kinds. Both are read when a process begins. Measured at ten million activities: docs/scaling.md. https://man7.org/linux/man-pages/man3/mallopt.3.html
 */
const allocator = { MALLOC_MMAP_THRESHOLD_: '4096', MALLOC_MMAP_MAX_: '16384' };

function wantsAllocator() {
  return process.platform === 'linux' && libcOfThisMachine() === 'glibc' && process.env.MALLOC_MMAP_THRESHOLD_ === undefined;
}

async function ensureInstalled() {
  if (isInstalled()) return true;
  const lock = path.join(root, '.installing');
  while (!takeLock(lock)) await sleep(500);
  try {
    // Another start may have done it while this one waited.
    return isInstalled() || (await install(lock));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** npm keeps a list of what it has installed; it must have all of package-lock.json that is meant for this machine. */
function isInstalled() {
  const hidden = path.join(modules, '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = readLock(path.join(root, 'package-lock.json'));
  const present = readLock(hidden);
  return Object.entries(wanted).every(([folder, entry]) => {
    if (folder === '' || present[folder]?.version === entry.version) return true;
    // Parts of another machine's binaries may be left out or not: npm's versions differ in that.
    return entry.optional === true && present[folder] === undefined && !isForThisMachine(entry);
  });
}

function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function isForThisMachine({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false;
  return fits(os, process.platform) && fits(cpu, process.arch) && (libc === undefined || fits(libc, libcOfThisMachine()));
}

/** The package.json of a package names one value, a list, or what it is not for. */
function fits(names, value) {
  const list = [names ?? []].flat();
  return list.length === 0 || list.includes(value) || (list.every((name) => name.startsWith('!')) && !list.includes(`!${value}`));
}

function libcOfThisMachine() {
  return process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

async function install(lock) {
  const begun = Date.now();
  say('Installing what Rapport needs (npm ci): about a minute the first time …');
  const windows = process.platform === 'win32';
  // Everything, whatever NODE_ENV and npm's configuration leave out: the web app is built here.
  const npm = spawn('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: pathWithoutOurs() },
    shell: windows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  writeFileSync(lock, `${process.pid} ${npm.pid}`);
  const end = () => npm.kill('SIGTERM');
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'];
  for (const signal of signals) process.on(signal, end);
  let said = '';
  npm.stdout.on('data', (text) => (said += text));
  npm.stderr.on('data', (text) => (said += text));
  const code = await new Promise((resolve) => {
    npm.once('error', (error) => {
      said += `${error.message}\n`;
      resolve(1);
    });
    npm.once('close', (status) => resolve(status ?? 1));
  });
  for (const signal of signals) process.off(signal, end);
  if (code === 0) {
    say(`Installed in ${Math.round((Date.now() - begun) / 1000)} s.`);
    return true;
  }
  say(said.trim());
  say('The installation failed; npm said why above. Is the network there, and the disk not full? Then start again.');
  process.exitCode = code;
  return false;
}

/** npm removes node_modules first: it must not run on the Node that lies in there. */
function pathWithoutOurs() {
  const entries = (process.env.PATH ?? '').split(path.delimiter);
  return entries.filter((entry) => !path.resolve(entry).startsWith(modules)).join(path.delimiter);
}

/** One installation at a time: the lock names this process and its npm, and counts for nothing when both are gone. */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const holders = readFileSync(lock, 'utf8').split(' ').map(Number);
    // Empty for the moment between making and writing.
    if (holders[0] === 0 ? Date.now() - statSync(lock).mtimeMs < 5000 : holders.some(isAlive)) return false;
    rmSync(lock, { force: true });
  } catch {
    // Gone in the meantime.
  }
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** npm links the commands of dependencies, not our own: with this, `npx rapport` starts at once. */
function linkCommand() {
  const link = path.join(modules, '.bin', 'rapport');
  if (process.platform === 'win32' || existsSync(link)) return;
  try {
    symlinkSync('../../bin/rapport.mjs', link);
  } catch {
    // Somebody else's clone, which we may only read; or another start was faster.
  }
}

async function inThisProcess(program, args) {
  watchStarter(() => process.kill(process.pid, 'SIGTERM'));
  if (args[0] === 'start' && program.endsWith('main.ts')) await (await import('./build-web.ts')).ensureWebApp();
  process.argv = [process.argv[0], program, ...args];
  await import(pathToFileURL(program).href);
}

async function inOtherNode(node, args) {
  if (node === undefined) {
    say(
      `Rapport needs Node ${neededMajor} or newer; this is ${process.versions.node}, and npm has none for ${process.platform}-${process.arch}. Install one from https://nodejs.org, then start again.`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...args], {
    stdio: 'inherit',
    env: { ...allocator, ...process.env, RAPPORT_STARTED_BY: String(process.pid) },
  });
  watchStarter(() => child.kill('SIGTERM'));
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both of us: passed on, it would arrive twice.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.exitCode = code ?? 1;
      if (signal !== null) {
        process.removeAllListeners(signal);
        process.kill(process.pid, signal);
      }
      resolve();
    });
  });
}

/**
 * npm does not pass a signal on through the shell that it starts us with, and nothing passes on a kill -9: the program
 * would stay, and the port be taken. Calls back once when npm, the shell between, or the older Node has gone.
 */
function watchStarter(whenGone) {
  const started = process.env.npm_command !== undefined || Number(process.env.RAPPORT_STARTED_BY) === process.ppid;
  if (process.platform === 'win32' || !started) return;
  const parent = process.ppid;
  const above = shellParent(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && (above === undefined || shellParent(parent) === above)) return;
    clearInterval(timer);
    whenGone();
  }, 500);
  timer.unref();
}

/** The parent of a process that is a `sh -c`; undefined for any other, and where there is no /proc. */
function shellParent(pid) {
  try {
    if (!/^(\/\S+\/)?sh\0-c\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) return undefined;
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

/** The Node that is a dependency of ours, when it is here and runs. */
function pinnedNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const system = process.platform === 'win32' ? 'win' : process.platform;
  return ['node', 'node-bin']
    .map((prefix) => path.join(modules, `${prefix}-${system}-${process.arch}`, 'bin', name))
    .find(
      (file) =>
        existsSync(file) && major(spawnSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout ?? '') >= neededMajor,
    );
}

function major(version) {
  return Number(version.split('.')[0]);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv.slice(2));
