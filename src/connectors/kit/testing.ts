import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { childEnvironment } from '../../platform/config.ts';
import { connectorHttp } from '../../platform/http-client.ts';
import type { Connector, ConnectorIo, Page, Stream } from '../contract.ts';

/**
 * A source that a test can read without the network: each connector's `testing.ts` exports `openOffline`, and the
 * conformance test and the runner's tests read all connectors through it.
 */
export interface OfflineSource {
  settings: Record<string, unknown>;
  /** Throws when what was recorded was not what was asked for. */
  close: () => Promise<void>;
}

export type OpenOffline = () => Promise<OfflineSource>;

/** What a connector is handed in a test: the real client, allowed to reach this machine. */
export async function testIo<Settings>(
  connector: Pick<Connector<Settings>, 'settings' | 'authorize'>,
  settings: Record<string, unknown>,
  more: { signal?: AbortSignal; since?: Date; log?: ConnectorIo['log']; warn?: ConnectorIo['warn'] } = {},
): Promise<{ io: ConnectorIo<Settings>; close: () => Promise<void> }> {
  const workDir = await mkdtemp(path.join(os.tmpdir(), 'rapport-source-'));
  const signal = more.signal ?? new AbortController().signal;
  // The schema is the connector's own, so what it gives is what the connector takes.
  const parsed = connector.settings.parse(settings) as Settings;
  const http = connectorHttp({
    // As it is, but without its pace: the server is on this machine.
    connector: connector.authorize === undefined ? {} : { authorize: (given: Settings) => connector.authorize?.(given) ?? {} },
    settings: parsed,
    signal,
    allowPrivateHosts: ['127.0.0.1', 'localhost'],
    backoffMs: 1,
  });
  const io: ConnectorIo<Settings> = {
    settings: parsed,
    http,
    signal,
    workDir,
    environment: childEnvironment(),
    since: more.since,
    now: () => new Date(),
    log: more.log ?? (() => undefined),
    warn: more.warn ?? (() => undefined),
  };
  return {
    io,
    async close() {
      await http.close();
      await rm(workDir, { recursive: true, force: true });
    },
  };
}

/** Every page of a stream from a cursor on. Fails where a stream does not end. */
export async function readPages<Settings>(stream: Stream<Settings>, io: ConnectorIo<Settings>, cursor?: Page['cursor']): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of stream.pages(io, cursor)) {
    pages.push(page);
    if (pages.length > 1000) throw new Error(`The pages of "${stream.name}" do not end.`);
  }
  return pages;
}
