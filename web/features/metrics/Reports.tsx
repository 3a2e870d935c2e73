import { Button, Title } from '@mantine/core';
import { IconChartHistogram } from '@tabler/icons-react';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { FilterChips } from '../../ui/FilterChips.tsx';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import { groupsOf } from './groups.ts';
import { Preview } from './Preview.tsx';
import type { Definition } from './question.ts';
import classes from './reports.module.css';

/** Every question that can be asked of the record. */
export function Page() {
  const reports = useAction('metrics.reports', {});
  const words = (useQueryParams()['q'] ?? '').toLowerCase().trim();
  const setQuery = useSetQuery();
  if (reports.isError && reports.data === undefined) {
    return (
      <PageFrame title="Reports">
        <ErrorState error={reports.error} onRetry={() => void reports.refetch()} />
      </PageFrame>
    );
  }
  const found = reports.data?.reports.filter((report) =>
    `${report.title} ${report.question} ${report.definition}`.toLowerCase().includes(words),
  );
  return (
    <PageFrame
      title="Reports"
      about="Questions about the community, answered from the record. Every number opens to what it was counted from."
      below={<FilterChips search={{ name: 'q', label: 'Find a report' }} />}
    >
      {found === undefined ? (
        <div className={classes.cards}>
          {Array.from({ length: 9 }, (_, index) => (
            <SkeletonBlock key={index} height={132} />
          ))}
        </div>
      ) : found.length === 0 ? (
        <EmptyState
          icon={IconChartHistogram}
          title="No report by these words"
          action={
            <Button variant="default" onClick={() => setQuery({ q: undefined })}>
              Show all
            </Button>
          }
        />
      ) : (
        groupsOf(found).map((group) => (
          <section key={group.title} className={classes.group}>
            <Title order={2} mb={10}>
              {group.title}
            </Title>
            <div className={classes.cards}>
              {group.reports.map((report) => (
                <Card key={report.id} report={report} />
              ))}
            </div>
          </section>
        ))
      )}
    </PageFrame>
  );
}

function Card({ report }: { report: Definition }) {
  return (
    <Link to={paths.report(report.id)} look="plain" className={classes.card}>
      <span className={classes.title}>{report.title}</span>
      <span className={classes.question}>{report.question}</span>
      <Preview report={report} />
    </Link>
  );
}
