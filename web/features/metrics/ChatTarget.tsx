import { Select } from '@mantine/core';
import { useAction } from '../../api.ts';
import type { Output } from '../../api.ts';
import { fieldsOf, startValues } from '../../ui/schema.ts';
import { SchemaForm } from '../../ui/SchemaForm.tsx';

type Delivery = Output<'sources.connectors'>['connectors'][number]['deliveries'][number];

/** A place of a source that takes words: a channel of a chat, a new topic of a forum. */
export interface ChatPlace {
  source: string;
  delivery: string;
  input: Record<string, unknown>;
}

/** What the report itself fills in. */
const words = 'text';

/** Chooses where in a chat it goes. Nothing is shown where no source takes messages. */
export function ChatTarget({ value, onChange }: { value: ChatPlace | undefined; onChange: (value: ChatPlace | undefined) => void }) {
  const sources = useAction('sources.list', {}).data?.sources ?? [];
  const connectors = useAction('sources.connectors', {}).data?.connectors ?? [];
  const places = sources.flatMap((source) =>
    (connectors.find(({ name }) => name === source.connector)?.deliveries ?? [])
      .filter((delivery) => delivery.on === 'source' && takesWords(delivery))
      .map((delivery) => ({
        value: `${source.id} ${delivery.name}`,
        label: `${source.name}: ${delivery.title.toLowerCase()}`,
        source,
        delivery,
      })),
  );
  if (places.length === 0) return null;
  const chosen = places.find((place) => place.value === `${value?.source ?? ''} ${value?.delivery ?? ''}`);
  const fields = chosen === undefined ? [] : fieldsOf(chosen.delivery.input).filter(({ name }) => name !== words);
  return (
    <>
      <Select
        label="To a chat or forum (optional)"
        description="The words, the link and, where the place takes them, the pictures are posted there."
        clearable
        data={places}
        value={chosen?.value ?? null}
        onChange={(next) => {
          const place = places.find((candidate) => candidate.value === next);
          onChange(
            place === undefined
              ? undefined
              : {
                  source: place.source.id,
                  delivery: place.delivery.name,
                  input: startValues(fieldsOf(place.delivery.input).filter(({ name }) => name !== words)),
                },
          );
        }}
      />
      {value !== undefined && fields.length > 0 && (
        <SchemaForm
          fields={fields}
          values={value.input}
          errors={{}}
          onChange={(name, given) => onChange({ ...value, input: { ...value.input, [name]: given } })}
        />
      )}
    </>
  );
}

function takesWords(delivery: Delivery): boolean {
  return fieldsOf(delivery.input).some(({ name }) => name === words);
}
