import { ActionIcon, Button, Group, NumberInput, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction, useCommand } from '../../api.ts';
import type { Input, Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { kindName } from '../../ui/activities/words.ts';
import { formatNumber } from '../../ui/format.ts';
import { Section } from '../../ui/Page.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import classes from './engagement.module.css';

type Settings = Output<'engagement.settings'>;

/** What activities are worth, how fast that fades, and the levels. */
export function Body() {
  const settings = useAction('engagement.settings', {});
  if (settings.isError && settings.data === undefined) return <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />;
  if (settings.data === undefined) return <SkeletonRows />;
  return (
    <Form
      key={JSON.stringify([
        settings.data.weights,
        settings.data.halfLifeDays,
        settings.data.levels.map((one) => [one.id, one.name, one.fromPoints]),
      ])}
      settings={settings.data}
    />
  );
}

interface Level {
  key: string;
  id: string | undefined;
  name: string;
  fromPoints: number | '';
}

function Form({ settings }: { settings: Settings }) {
  const may = useMay('engagement.update');
  const [weights, setWeights] = useState(new Map(settings.weights.map((one) => [one.kind, one.weight])));
  const [halfLife, setHalfLife] = useState<number | ''>(settings.halfLifeDays);
  const [levels, setLevels] = useState<Level[]>(
    settings.levels.map((level) => ({ key: level.id, id: level.id, name: level.name, fromPoints: level.fromPoints })),
  );
  const update = useCommand('engagement.update', {
    refresh: ['members'],
    onDone: ({ changed }) => toast(changed ? 'Saved. Everybody is counted again now.' : 'Nothing was changed.'),
    onFail: toastError,
  });
  const changedWeights = settings.weights.filter((one) => weights.get(one.kind) !== one.weight);
  const usual = () => {
    setWeights(new Map(settings.weights.map((one) => [one.kind, one.usual])));
    setHalfLife(90);
  };
  const problem =
    halfLife === ''
      ? 'Say after how many days an activity is worth half.'
      : levels.some((level) => level.name.trim() === '' || level.fromPoints === '')
        ? 'Give each level a name and its points.'
        : new Set(levels.map((level) => level.fromPoints)).size < levels.length
          ? 'Two levels begin at the same number of points.'
          : undefined;
  const save = () => {
    if (halfLife === '') return;
    update.mutate({
      halfLifeDays: halfLife,
      levels: levels.map(({ id, name, fromPoints }) => ({
        name: name.trim(),
        fromPoints: Number(fromPoints),
        ...(id === undefined ? {} : { id }),
      })),
      weights: Object.fromEntries(changedWeights.map((one) => [one.kind, weights.get(one.kind) ?? 0])) as NonNullable<
        Input<'engagement.update'>['weights']
      >,
    });
  };
  const set = (key: string, change: Partial<Level>) =>
    setLevels(levels.map((level) => (level.key === key ? { ...level, ...change } : level)));
  const weigh = [...settings.weights].toSorted((a, b) => b.weight - a.weight || (a.kind < b.kind ? -1 : 1));
  return (
    <>
      <Section
        title="Engagement"
        about={
          <>
            A person’s points are the sum over all activities: the weight of the kind, halved with each half-life that has passed. Their
            profile shows the sum line by line. Counted <RelativeTime at={settings.scoredAt} none="not yet" />.
          </>
        }
        actions={
          <Group gap={8}>
            <Button variant="default" onClick={usual}>
              As it came
            </Button>
            <ActionButton why={may.why ?? problem} loading={update.isPending} onClick={save}>
              Save
            </ActionButton>
          </Group>
        }
      >
        <NumberInput
          label="Half-life in days"
          description="After so many days an activity is worth half, after twice as many a quarter."
          maw={340}
          min={1}
          max={3650}
          allowDecimal={false}
          value={halfLife}
          onChange={(value) => setHalfLife(typeof value === 'number' ? value : '')}
        />
      </Section>
      <Section title="Levels" about="Who has as many points is on the level, up to the next one.">
        <Stack gap={8} maw={560}>
          {levels.map((level) => {
            const known = settings.levels.find((one) => one.id === level.id);
            return (
              <div key={level.key} className={classes.level}>
                <TextInput
                  aria-label="Name of the level"
                  placeholder="Name"
                  maxLength={40}
                  value={level.name}
                  onChange={(event) => set(level.key, { name: event.currentTarget.value })}
                />
                <NumberInput
                  aria-label={`${level.name}: from so many points`}
                  w={120}
                  min={0}
                  allowDecimal={false}
                  suffix=" points"
                  value={level.fromPoints}
                  onChange={(value) => set(level.key, { fromPoints: typeof value === 'number' ? value : '' })}
                />
                <span className={classes.quiet}>{known === undefined ? 'new' : `${formatNumber(known.members)} now`}</span>
                <ActionIcon
                  aria-label={`Remove the level ${level.name}`}
                  disabled={levels.length === 1}
                  onClick={() => setLevels(levels.filter((one) => one.key !== level.key))}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </div>
            );
          })}
          <Button
            variant="default"
            size="compact-sm"
            w="fit-content"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setLevels([...levels, { key: crypto.randomUUID(), id: undefined, name: '', fromPoints: '' }])}
          >
            Add a level
          </Button>
        </Stack>
      </Section>
      <Section title="What activities are worth" about="Whole points for a fresh one; 0 leaves a kind out.">
        <div className={classes.weights}>
          {weigh.map(({ kind, usual: came }) => (
            <label key={kind} className={classes.weight}>
              <span>{kindName(kind)}</span>
              <NumberInput
                size="xs"
                w={84}
                min={0}
                max={1000}
                allowDecimal={false}
                aria-label={`Points for: ${kindName(kind)}`}
                value={weights.get(kind) ?? 0}
                onChange={(value) => setWeights(new Map([...weights, [kind, typeof value === 'number' ? value : 0]]))}
              />
              <span className={classes.quiet}>{weights.get(kind) === came ? '' : `came as ${came}`}</span>
            </label>
          ))}
        </div>
      </Section>
    </>
  );
}
