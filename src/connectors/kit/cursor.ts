import type { Json } from '../contract.ts';

/** A cursor as it stands now, as JSON: a stream goes on changing its own while the page is written. */
export function cursorOf(state: object): Json {
  // What JSON.parse gives is JSON.
  return JSON.parse(JSON.stringify(state)) as Json;
}
