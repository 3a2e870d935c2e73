import { Worker } from 'node:worker_threads';
import type { TopicRules } from './keywords.ts';
import type { ReadText, Said } from './reading-thread.ts';

/** What is asked of the thread. */
export interface ReadRequest {
  number: number;
  texts: readonly ReadText[];
  topics: readonly TopicRules[];
  /** Topics only, without looking at language and tone: those are not loaded for it. */
  topicsOnly: boolean;
}

export type ReadAnswer = { number: number; said: Said[] } | { number: number; failure: string };

interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve(said: Said[]): void; reject(error: Error): void }>;
}

/**
 * What is loaded to tell languages weighs some 200 MB, and reading keeps a processor busy: both happen in a thread that is
 * started when there is something to read, and ends (with all that it holds) when there was nothing for a while.
 */
const idleTime = 20_000;
let thread: Thread | undefined;
let timer: NodeJS.Timeout | undefined;
let requests = 0;

/** Language, tone and topics of texts, in their order; undefined for those without words of the person's own. */
export function readTexts(texts: readonly ReadText[], topics: readonly TopicRules[], topicsOnly = false): Promise<Said[]> {
  if (texts.length === 0) return Promise.resolve([]);
  clearTimeout(timer);
  thread ??= startThread();
  const { worker, waiting } = thread;
  requests += 1;
  const request: ReadRequest = { number: requests, texts, topics, topicsOnly };
  worker.ref();
  return new Promise((resolve, reject) => {
    waiting.set(request.number, { resolve, reject });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(request);
  });
}

function startThread(): Thread {
  const worker = new Worker(new URL('./reading-thread.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 384 } });
  const started: Thread = { worker, waiting: new Map() };
  worker.on('message', (answer: ReadAnswer) => {
    const asked = started.waiting.get(answer.number);
    started.waiting.delete(answer.number);
    if ('failure' in answer) asked?.reject(new Error(answer.failure));
    else asked?.resolve(answer.said);
    if (started.waiting.size > 0) return;
    // A program that has nothing else to do may end.
    worker.unref();
    clearTimeout(timer);
    timer = setTimeout(() => endThread(started), idleTime).unref();
  });
  const fail = (error: Error): void => {
    if (thread === started) thread = undefined;
    for (const { reject } of started.waiting.values()) reject(error);
    started.waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('The thread that reads texts has ended.')));
  return started;
}

function endThread(ending: Thread): void {
  if (ending.waiting.size > 0) return;
  if (thread === ending) thread = undefined;
  void ending.worker.terminate();
}
