import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../platform/config.ts';
import type { TopicRules } from './keywords.ts';
import type { ReadText, Said } from './reading-child.ts';

/** What is asked of the reading process. */
export interface ReadRequest {
  number: number;
  texts: readonly ReadText[];
  topics: readonly TopicRules[];
  /** Topics only, without looking at language and tone: those are not loaded for it. */
  topicsOnly: boolean;
}

export type ReadAnswer = { number: number; said: Said[] } | { number: number; failure: string };

interface Reader {
  child: ChildProcess;
  waiting: Map<number, { resolve(said: Said[]): void; reject(error: Error): void }>;
}

/**
 * What is loaded to tell languages weighs some 200 MB, and reading keeps a processor busy: both happen in a process that is
 * started when there is something to read, and ends (with all that it holds) when there was nothing for a while. A thread would
 * not do: what it took stays with the process.
 */
const idleTime = 20_000;
let reader: Reader | undefined;
let timer: NodeJS.Timeout | undefined;
let requests = 0;

/** Language, tone and topics of texts, in their order; undefined for those without words of the person's own. */
export function readTexts(texts: readonly ReadText[], topics: readonly TopicRules[], topicsOnly = false): Promise<Said[]> {
  if (texts.length === 0) return Promise.resolve([]);
  clearTimeout(timer);
  reader ??= startReader();
  const { child, waiting } = reader;
  requests += 1;
  const request: ReadRequest = { number: requests, texts, topics, topicsOnly };
  child.ref();
  child.channel?.ref();
  return new Promise((resolve, reject) => {
    waiting.set(request.number, { resolve, reject });
    child.send(request, (error) => {
      if (error !== null && waiting.delete(request.number)) reject(error);
    });
  });
}

function startReader(): Reader {
  const child = fork(fileURLToPath(new URL('./reading-child.ts', import.meta.url)), {
    // Values as they are, undefined too.
    serialization: 'advanced',
    env: childEnvironment(),
    execArgv: ['--max-old-space-size=384', '--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const started: Reader = { child, waiting: new Map() };
  child.on('message', (answer: ReadAnswer) => {
    const asked = started.waiting.get(answer.number);
    started.waiting.delete(answer.number);
    if ('failure' in answer) asked?.reject(new Error(answer.failure));
    else asked?.resolve(answer.said);
    if (started.waiting.size > 0) return;
    // A program that has nothing else to do may end.
    child.unref();
    child.channel?.unref();
    clearTimeout(timer);
    timer = setTimeout(() => endReader(started), idleTime).unref();
  });
  const fail = (error: Error): void => {
    if (reader === started) reader = undefined;
    for (const { reject } of started.waiting.values()) reject(error);
    started.waiting.clear();
  };
  child.on('error', fail);
  child.on('exit', () => fail(new Error('The process that reads texts has ended.')));
  return started;
}

function endReader(ending: Reader): void {
  if (ending.waiting.size > 0) return;
  if (reader === ending) reader = undefined;
  ending.child.disconnect();
}
