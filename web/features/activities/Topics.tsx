import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { IconHash, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { TopicDot } from '../../ui/activities/TopicChip.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { formatNumber, formatShare } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame, Section } from '../../ui/Page.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { useParam } from '../../ui/url-state.ts';
import { TopicEditor } from './TopicEditor.tsx';
import type { Draft } from './TopicEditor.tsx';
import { TopicPanel } from './TopicPanel.tsx';
import { ToneBar } from './ToneBar.tsx';
import { changeWords, isSpan, spans, windowOfDays } from './topic-window.ts';
import type { Topic, TopicFigures } from './topic-window.ts';
import classes from './topics.module.css';

interface Row {
  topic: Topic;
  figures: TopicFigures | undefined;
}

/** What people talk about: the topics that the team watches, and words that stand out. */
export function Page() {
  const [given, setDays] = useParam('days', '90');
  const days = isSpan(given) ? given : '90';
  const [open, setOpen] = useParam('topic');
  const [draft, setDraft] = useState<Draft>();
  const may = useMay('topics.save');
  const list = useAction('topics.list', {}, { every: 5000 });
  const overview = useAction('metrics.topics', windowOfDays(Number(days)), { keep: true, every: 30_000 });
  const figures = new Map(overview.data?.topics.map((one) => [one.topic, one]));
  const rows = list.data?.topics
    .map((topic): Row => ({ topic, figures: figures.get(topic.id) }))
    .toSorted((a, b) => (b.figures?.activities ?? 0) - (a.figures?.activities ?? 0));
  const create = (keywords: string[] = []) => setDraft({ name: keywords[0] ?? '', keywords });
  const add = (
    <ActionButton why={may.allowed ? undefined : may.why} leftSection={<IconPlus size={16} aria-hidden />} onClick={() => create()}>
      New topic
    </ActionButton>
  );
  return (
    <PageFrame
      title="Topics"
      about="What people talk about: words that you watch, in everything that somebody wrote."
      actions={rows !== undefined && rows.length > 0 ? add : undefined}
      below={
        <SegmentedControl
          size="xs"
          aria-label="Time"
          value={days}
          onChange={setDays}
          data={spans.map((span) => ({ value: span, label: `Last ${span} days` }))}
        />
      }
    >
      {list.isError && list.data === undefined ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <DataTable
          name="Topics"
          columns={columns(days)}
          rows={rows}
          keyOf={({ topic }) => topic.id}
          onOpen={({ topic }) => setOpen(topic.id, { push: true })}
          empty={
            <EmptyState icon={IconHash} title="No topic yet" action={add}>
              A topic is a few words to watch for: the name of a feature, of a rival, of a problem. See who talks about it, in which tone,
              and whether it rises. Start with words that stand out below, or with your own.
            </EmptyState>
          }
        />
      )}
      <div className={classes.below}>
        <Suggestions onChoose={(word) => create([word])} mayAdd={may.allowed} />
      </div>
      <TopicPanel
        topic={list.data?.topics.find((topic) => topic.id === open)}
        missing={open !== undefined && list.data !== undefined && !list.data.topics.some((topic) => topic.id === open)}
        days={days}
        opened={open !== undefined}
        onClose={() => setOpen(undefined)}
        onEdit={(topic) => setDraft({ ...topic, id: topic.id })}
      />
      {draft !== undefined && <TopicEditor key={draft.id ?? 'new'} draft={draft} onClose={() => setDraft(undefined)} />}
    </PageFrame>
  );
}

function columns(days: string): Column<Row>[] {
  return [
    {
      id: 'name',
      title: 'Topic',
      fixed: true,
      cell: ({ topic }) => (
        <span className={classes.name}>
          <TopicDot colour={topic.colour} />
          <Link to={paths.topics({ topic: topic.id, days: days === '90' ? undefined : days })} look="plain">
            <bdi>{topic.name}</bdi>
          </Link>
          {topic.progress !== null && <span className={classes.quiet}>matching {formatShare(topic.progress)}</span>}
        </span>
      ),
    },
    {
      id: 'course',
      title: 'Course',
      width: 130,
      wide: true,
      cell: ({ figures }) => figures && <Sparkline values={figures.course} width={104} />,
    },
    {
      id: 'activities',
      title: 'Activities',
      width: 96,
      align: 'right',
      cell: ({ figures }) => figures && formatNumber(figures.activities),
    },
    { id: 'change', title: 'Change', width: 110, align: 'right', cell: ({ figures }) => figures && <Change figures={figures} /> },
    {
      id: 'people',
      title: 'People',
      width: 90,
      align: 'right',
      wide: true,
      cell: ({ figures }) => figures && formatNumber(figures.people),
    },
    { id: 'tone', title: 'Tone', width: 170, wide: true, cell: ({ figures }) => figures && <ToneBar sentiment={figures.sentiment} /> },
  ];
}

function Change({ figures }: { figures: TopicFigures }) {
  const { activities, before } = figures;
  const words = changeWords(activities, before.activities);
  return <span title={`${formatNumber(before.activities)} in the time before`}>{words}</span>;
}

/** Words that several people began to use: an answer before a topic is defined, and where topics come from. */
function Suggestions({ onChoose, mayAdd }: { onChoose: (word: string) => void; mayAdd: boolean }) {
  const suggested = useAction('topics.suggest', {});
  return (
    <Section
      title="Words that stand out"
      about="Said by several people in the last 90 days, and more often than in the year before. Choose one to make a topic of it."
    >
      {suggested.isError && suggested.data === undefined && <ErrorState error={suggested.error} onRetry={() => void suggested.refetch()} />}
      {suggested.data === undefined && !suggested.isError && <Skeleton height={62} radius="md" role="status" aria-label="Loading" />}
      {suggested.data?.words.length === 0 && (
        <p className={classes.quiet}>
          {suggested.data.read === 0
            ? 'Nobody wrote anything in the last 90 days.'
            : 'No word stands out: people talk about what they always do.'}
        </p>
      )}
      <ul className={classes.words}>
        {suggested.data?.words.map(({ word, people, texts, before }) => (
          <li key={word}>
            <Button
              variant="default"
              size="compact-sm"
              disabled={!mayAdd}
              onClick={() => onChoose(word)}
              title={`${formatNumber(texts)} texts of ${formatNumber(people)} people; ${before === 0 ? 'not said before' : `${before} times as often as before`}`}
            >
              <bdi>{word}</bdi>
              <span className={classes.wordCount}>{formatNumber(people)} people</span>
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
