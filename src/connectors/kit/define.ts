import type { z } from 'zod';
import type { Connector, ConnectorIo, Derived, Json, Page, Stream } from '../contract.ts';

/** A stream whose `externalId` and `derive` are typed by its `record` schema. */
export function defineStream<Schema extends z.ZodType, Settings>(stream: {
  name: string;
  title: string;
  order: Stream['order'];
  record: Schema;
  externalId(record: z.infer<Schema>): string;
  pages(io: ConnectorIo<Settings>, cursor: Json | undefined): AsyncIterable<Page>;
  derive(record: z.infer<Schema>, settings: Settings): Derived;
}): Stream<Settings> {
  return stream;
}

/** A connector whose functions get the settings as its schema gives them. */
export function defineConnector<Schema extends z.ZodObject>(
  connector: Omit<Connector<z.infer<Schema>>, 'settings'> & { settings: Schema },
): Connector<z.infer<Schema>> {
  return connector;
}
