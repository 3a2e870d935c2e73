import { Button } from '@mantine/core';
import { IconActivity, IconArrowUp, IconPlugConnected } from '@tabler/icons-react';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useReach, useSession } from '../../shell/session.ts';
import { ActivityList } from '../../ui/activities/ActivityList.tsx';
import { isLanguage, isSentiment, languageOptions, sentimentOptions } from '../../ui/activities/reading.ts';
import { useTimeline } from '../../ui/activities/timeline.ts';
import type { TimelineInput } from '../../ui/activities/timeline.ts';
import { kindOptions } from '../../ui/activities/words.ts';
import type { ActivityKind } from '../../ui/activities/words.ts';
import { useSegmentOptions, useSourceOptions } from '../../ui/choices.tsx';
import { FilterChips, valuesOf } from '../../ui/FilterChips.tsx';
import type { Filter } from '../../ui/FilterChips.tsx';
import { findMembers, findOrganizations } from '../../ui/finders.tsx';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { EmptyState, ErrorState } from '../../ui/states.tsx';
import { TopicDot } from '../../ui/activities/TopicChip.tsx';
import { useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import classes from './activities.module.css';

const filterNames = [
  'q',
  'source',
  'kind',
  'member',
  'organization',
  'segment',
  'topic',
  'language',
  'sentiment',
  'from',
  'before',
  'bots',
];

/** Everything that happened everywhere, newest first. */
export function Page() {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const session = useSession();
  const filters = useFilters();
  const timeline = useTimeline(inputOf(params));
  const filtered = filterNames.some((name) => params[name] !== undefined);

  return (
    <PageFrame
      title="Timeline"
      about="Everything that happened in every connected place, newest first."
      below={<FilterChips search={{ name: 'q', label: 'Search the text' }} filters={filters} />}
    >
      {timeline.hasNew && (
        <div className={classes.new}>
          <Button
            size="compact-sm"
            radius="xl"
            leftSection={<IconArrowUp size={14} aria-hidden />}
            onClick={() => {
              window.scrollTo({ top: 0 });
              timeline.showNew();
            }}
          >
            Show what is new
          </Button>
        </div>
      )}
      {timeline.error !== null && timeline.rows === undefined ? (
        <ErrorState error={timeline.error} onRetry={timeline.retry} />
      ) : (
        <div className={classes.list} data-stale={timeline.stale}>
          <ActivityList
            name="Activities"
            rows={timeline.rows}
            more={timeline.more}
            timeZone={session.workspace.timeZone ?? undefined}
            empty={
              filtered ? (
                <EmptyState
                  icon={IconActivity}
                  title="Nothing fits these filters"
                  action={
                    <Button variant="default" onClick={() => setQuery(Object.fromEntries(filterNames.map((name) => [name, undefined])))}>
                      Clear the filters
                    </Button>
                  }
                >
                  Try fewer of them, or a longer time.
                </EmptyState>
              ) : (
                <EmptyState
                  icon={IconPlugConnected}
                  title="Nothing has happened yet"
                  action={
                    <Button component={Link} {...{ to: paths.addSource(), look: 'plain' as const }}>
                      Connect a source
                    </Button>
                  }
                >
                  The timeline shows who did what, where and when. Connect a place that your community uses, and it fills.
                </EmptyState>
              )
            }
          />
        </div>
      )}
    </PageFrame>
  );
}

/** The address as the server asks for it. */
function inputOf(params: Record<string, string>): TimelineInput {
  const { q, source, kind, member, organization, segment, topic, language, sentiment, from, before, bots } = params;
  return {
    ...(q === undefined || q.trim() === '' ? {} : { text: q.trim() }),
    ...(source === undefined ? {} : { sources: valuesOf(source) }),
    ...(kind === undefined ? {} : { kinds: valuesOf(kind) as ActivityKind[] }),
    ...(member === undefined ? {} : { member }),
    ...(organization === undefined ? {} : { organization }),
    ...(segment === undefined ? {} : { segment }),
    ...(topic === undefined ? {} : { topics: valuesOf(topic) }),
    ...(language === undefined ? {} : { languages: valuesOf(language).filter(isLanguage) }),
    ...(sentiment === undefined ? {} : { sentiments: valuesOf(sentiment).filter(isSentiment) }),
    ...(from === undefined ? {} : { from }),
    ...(before === undefined ? {} : { to: before }),
    bots: bots === 'without' ? 'without' : 'with',
  };
}

function useFilters(): Filter[] {
  const reach = useReach();
  const sources = useSourceOptions();
  const segments = useSegmentOptions();
  const topics = useAction('topics.list', {}, { enabled: reach('topics.list') });
  return [
    {
      name: 'source',
      label: 'Source',
      several: true,
      options: sources,
    },
    { name: 'kind', label: 'Kind', several: true, options: kindOptions },
    { name: 'member', label: 'Person', remote: findMembers },
    { name: 'organization', label: 'Organization', remote: findOrganizations },
    {
      name: 'segment',
      label: 'Segment',
      options: segments,
    },
    {
      name: 'topic',
      label: 'Topic',
      several: true,
      options: (topics.data?.topics ?? []).map((topic) => ({
        value: topic.id,
        label: topic.name,
        icon: <TopicDot colour={topic.colour} />,
      })),
    },
    { name: 'language', label: 'Language', several: true, options: languageOptions },
    { name: 'sentiment', label: 'Sentiment', several: true, options: sentimentOptions },
    { name: 'from', label: 'From', type: 'date' },
    { name: 'before', label: 'Before', type: 'date' },
    { name: 'bots', label: 'Bots', options: [{ value: 'without', label: 'left out' }] },
  ];
}
