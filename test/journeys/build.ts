import { ensureWebApp } from '../../scripts/build-web.ts';

/** Journeys see the web app as it is served: built, once for the whole run. */
export default async function setup(): Promise<void> {
  await ensureWebApp();
}
