import type { z } from 'zod';
import type { Connector, ConnectorIo, Delivered, Delivery, DeliveryTarget, Derived, Json, Page, Picture, Stream } from '../contract.ts';

/** A stream whose `externalId` and `derive` are typed by its `record` schema. */
export function defineStream<Schema extends z.ZodType, Settings>(stream: {
  name: string;
  title: string;
  order: Stream['order'];
  record: Schema;
  externalId(record: z.infer<Schema>): string;
  version?(record: z.infer<Schema>): number | undefined;
  pages(io: ConnectorIo<Settings>, cursor: Json | undefined): AsyncIterable<Page>;
  derive(record: z.infer<Schema>, settings: Settings): Derived;
}): Stream<Settings> {
  return stream;
}

/** A delivery whose `deliver` gets what its `input` schema gives. */
export function defineDelivery<Schema extends z.ZodObject, Settings>(delivery: {
  name: string;
  title: string;
  summary: string;
  on: Delivery['on'];
  input: Schema;
  pictures?: true;
  deliver(io: ConnectorIo<Settings>, target: DeliveryTarget, input: z.infer<Schema>, pictures?: readonly Picture[]): Promise<Delivered>;
}): Delivery<Settings> {
  return delivery;
}

/** A connector whose functions get the settings as its schema gives them. */
export function defineConnector<Schema extends z.ZodObject>(
  connector: Omit<Connector<z.infer<Schema>>, 'settings'> & { settings: Schema },
): Connector<z.infer<Schema>> {
  return connector;
}
