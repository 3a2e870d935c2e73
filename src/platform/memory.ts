import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** More free room in the heap than this is given back when the process has nothing to do. */
const worthMegabytes = 24;
const lookEveryMs = 10_000;
const idleShare = 0.05;

/**
 * Lets the heap grow by half of what is in use before it is collected. On a machine with much memory V8 would let it grow to
 * four times that: an import that needs 60 MB then takes 500. Costs some percent of processor time.
 */
export function growSparingly(): void {
  setFlagsFromString('--heap-growing-percent=50');
}

let letGo = false;

/** Says that something large is not kept any more: it is given back to the system as soon as the process rests, though nothing grew. */
export function noteLetGo(): void {
  letGo = true;
}

/**
 * Gives memory that is free back to the system whenever the process rests. V8 keeps what loading the program or a large
 * answer once took: some 50 MB, for good if nothing is asked of it. Returns a function that ends it.
 * `last-resort` is the collection that also shrinks the heap. https://nodejs.org/docs/latest-v24.x/api/cli.html#--expose-gc
 */
export function releaseMemoryAtRest(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  let before = performance.eventLoopUtilization();
  // What a collection leaves is needed: only what grows on top of it makes another worth its time.
  let needed = 0;
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(before);
    before = performance.eventLoopUtilization();
    if (utilization > idleShare || (!letGo && held() - needed < worthMegabytes * 1024 * 1024)) return;
    letGo = false;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    needed = held();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Bytes of the heap, and of buffers beside it, which only a collection lets go. */
function held(): number {
  const { heapTotal, external } = process.memoryUsage();
  return heapTotal + external;
}
