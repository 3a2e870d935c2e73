const impatienceMs = 2000;

/**
 * Calls back once when the program is told to stop. The same Ctrl-C can come twice, from the terminal and from npm:
 * only one that comes later means "at once", and ends the process. Returns how to stop listening.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): () => void {
  let toldAt: number | undefined;
  const listen = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (toldAt === undefined) {
      toldAt = now;
      stop(signal);
    } else if (now - toldAt > impatienceMs) {
      process.exit(130);
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listen);
  return () => {
    for (const signal of signals) process.off(signal, listen);
  };
}
