import { Button, Group, MultiSelect, Stack, TagsInput, Textarea, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { complaintsOf, useAction, useCommand } from '../../api.ts';
import { useReach } from '../../shell/session.ts';
import { kindOptions } from '../../ui/activities/words.ts';
import type { ActivityKind } from '../../ui/activities/words.ts';
import { series } from '../../ui/colours.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { formatNumber, formatShare } from '../../ui/format.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { toast } from '../../ui/toasts.tsx';
import classes from './topics.module.css';

/** A topic as it is being edited; without an id it is new. */
export interface Draft {
  id?: string;
  name: string;
  description?: string | null;
  colour?: number;
  keywords: string[];
  exclusions?: string[];
  sources?: string[] | null;
  kinds?: ActivityKind[] | null;
}

/** Makes or changes a topic, and shows beside what its words would fit. */
export function TopicEditor({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const reach = useReach();
  const [name, setName] = useState(draft.name);
  const [description, setDescription] = useState(draft.description ?? '');
  const [colour, setColour] = useState(draft.colour);
  const [keywords, setKeywords] = useState(draft.keywords);
  const [exclusions, setExclusions] = useState(draft.exclusions ?? []);
  const [sources, setSources] = useState(draft.sources ?? []);
  const [kinds, setKinds] = useState<ActivityKind[]>(draft.kinds ?? []);
  const known = useAction('sources.list', {}, { enabled: reach('sources.list') });
  const save = useCommand('topics.save', {
    refresh: ['metrics', 'activities'],
    onDone({ matching }) {
      onClose();
      toast(matching ? `Saved ${name}. What was said before is matched now.` : `Saved ${name}.`);
    },
  });
  const rules = { keywords, exclusions, sources: sources.length === 0 ? null : sources, kinds: kinds.length === 0 ? null : kinds };
  const complaints = complaintsOf(save.error);
  return (
    <Dialog opened onClose={onClose} size={860} title={draft.id === undefined ? 'New topic' : `Edit ${draft.name}`}>
      <form
        className={classes.editor}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({
            ...(draft.id === undefined ? {} : { id: draft.id }),
            name,
            description: description.trim() === '' ? null : description,
            ...(colour === undefined ? {} : { colour }),
            ...rules,
          });
        }}
      >
        <Stack gap="sm">
          <TextInput
            data-autofocus
            required
            label="Name"
            maxLength={60}
            value={name}
            error={complaints['name']}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TagsInput
            label="Keywords"
            description="Words and phrases, Enter after each. deploy* finds deployment; case and accents do not matter."
            value={keywords}
            onChange={setKeywords}
            splitChars={[',', '\n']}
            acceptValueOnBlur
            required={keywords.length === 0}
          />
          <TagsInput
            label="Not when the text says"
            value={exclusions}
            onChange={setExclusions}
            splitChars={[',', '\n']}
            acceptValueOnBlur
          />
          <MultiSelect
            label="Only in these sources"
            placeholder={sources.length === 0 ? 'All' : undefined}
            data={(known.data?.sources ?? []).map((source) => ({ value: source.id, label: source.name }))}
            value={sources}
            onChange={setSources}
            searchable
            clearable
          />
          <MultiSelect
            label="Only these kinds"
            placeholder={kinds.length === 0 ? 'All in which people write' : undefined}
            data={kindOptions}
            value={kinds}
            onChange={(chosen) => setKinds(chosen as ActivityKind[])}
            searchable
            clearable
          />
          <Textarea
            label="What it is about"
            autosize
            minRows={1}
            maxRows={4}
            maxLength={500}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          <fieldset className={classes.colours}>
            <legend>Colour</legend>
            {series.map((one, number) => (
              <UnstyledButton
                key={one}
                aria-label={`Colour ${number + 1}`}
                aria-pressed={colour === number}
                className={classes.colour}
                style={{ background: one }}
                onClick={() => setColour(number)}
              />
            ))}
          </fieldset>
        </Stack>
        <Preview rules={rules} />
        <div className={classes.footer}>
          {save.error !== null && (
            <p role="alert" className={classes.error}>
              {save.error.message}
            </p>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={keywords.length === 0 || name.trim() === ''}>
              Save
            </Button>
          </Group>
        </div>
      </form>
    </Dialog>
  );
}

interface Rules {
  keywords: string[];
  exclusions: string[];
  sources: string[] | null;
  kinds: ActivityKind[] | null;
}

/** How many of the newest texts the words would fit, with examples: before anything is saved. */
function Preview({ rules }: { rules: Rules }) {
  const [asked] = useDebouncedValue(rules, 350);
  const preview = useAction('topics.preview', asked, { enabled: asked.keywords.length > 0, keep: true });
  const found = asked.keywords.length === 0 ? undefined : preview.data;
  return (
    <section className={classes.preview} aria-label="Preview" aria-busy={preview.isFetching} data-stale={preview.isPlaceholderData}>
      <h3 className={classes.heading}>What it would find</h3>
      {asked.keywords.length === 0 && <p className={classes.quiet}>Type a word: you see at once who says it.</p>}
      {asked.keywords.length > 0 && preview.isError && (
        <p role="alert" className={classes.error}>
          {preview.error.message}
        </p>
      )}
      {found !== undefined && !preview.isError && (
        <>
          <p className={classes.found}>
            <strong>{formatNumber(found.matches)}</strong> of the newest {formatNumber(found.read)} texts
            {found.read > 0 && found.matches > 0 && ` (${formatShare(found.matches / found.read)})`}, by {formatNumber(found.people)}{' '}
            {found.people === 1 ? 'person' : 'people'}
            {found.since !== null && (
              <>
                , back to <RelativeTime at={found.since} />
              </>
            )}
            .
          </p>
          <ul className={classes.examples}>
            {found.examples.map((example) => (
              <li key={example.id}>
                <div className={classes.quiet}>
                  <bdi>{example.person}</bdi> in <bdi>{example.source}</bdi>, <RelativeTime at={example.at} />
                </div>
                <bdi>{example.text}</bdi>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
