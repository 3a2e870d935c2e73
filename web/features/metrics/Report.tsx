import { Button } from '@mantine/core';
import { IconChartHistogram, IconHash } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useReach } from '../../shell/session.ts';
import { FilterChips } from '../../ui/FilterChips.tsx';
import { Link } from '../../ui/Link.tsx';
import { LinkButton } from '../../ui/LinkButton.tsx';
import { Page as PageFrame, Section } from '../../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonBlock, SkeletonRows } from '../../ui/states.tsx';
import { useQueryParams, useSetQuery } from '../../ui/url-state.ts';
import { About, LeftOut } from './About.tsx';
import { Behind } from './Behind.tsx';
import { Chart } from './Chart.tsx';
import { Controls } from './Controls.tsx';
import { drawn, figureIn } from './figures.ts';
import { Headline } from './Headline.tsx';
import { Keep } from './Keep.tsx';
import { windowTitle } from './period.ts';
import { hasBefore, useFilters, useQuestion } from './question.ts';
import type { Answer, Definition, Question } from './question.ts';
import { ReportTable, roomy, widthNeeded } from './ReportTable.tsx';
import { shapeOf } from './shape.ts';
import { Take } from './Take.tsx';
import classes from './report.module.css';

/** One report: the question, the figures, the picture, the table, and how it is reckoned. */
export function Page() {
  const { report: id } = useParams({ strict: false });
  const reports = useAction('metrics.reports', {});
  const above = <Link to={paths.reports()}>Reports</Link>;
  if (reports.isPending) {
    return (
      <PageFrame title="Report" above={above}>
        <ReportSkeleton />
      </PageFrame>
    );
  }
  const definition = reports.data?.reports.find((report) => report.id === id);
  if (definition === undefined) {
    return (
      <PageFrame title="Report" above={above}>
        {reports.isError ? (
          <ErrorState error={reports.error} onRetry={() => void reports.refetch()} />
        ) : (
          <EmptyState icon={IconChartHistogram} title="There is no such report" action={<Link to={paths.reports()}>All reports</Link>}>
            It may have another name now.
          </EmptyState>
        )}
      </PageFrame>
    );
  }
  return <ReportPage key={definition.id} definition={definition} />;
}

function ReportPage({ definition }: { definition: Definition }) {
  const question = useQuestion(definition);
  const filters = useFilters(definition);
  const report = useAction('metrics.report', question.input ?? { report: definition.id }, {
    enabled: question.input !== undefined,
    keep: true,
  });
  const answer = report.data;
  const overTime = definition.granularity !== undefined && ['line', 'stacked', 'bars', 'share'].includes(definition.chart.type);
  const compared = overTime && question.compare && answer !== undefined && hasBefore(answer) && question.input !== undefined;
  const before = useAction(
    'metrics.report',
    { ...(question.input ?? { report: definition.id }), ...answer?.previous },
    { enabled: compared && !report.isPlaceholderData, keep: true },
  );
  const beforeAnswer = compared ? before.data : undefined;
  return (
    <PageFrame
      title={definition.title}
      about={definition.question}
      above={<Link to={paths.reports()}>Reports</Link>}
      actions={
        <>
          <Take answer={answer} question={question} />
          <Keep definition={definition} input={question.input} />
        </>
      }
      below={
        <div className={classes.below}>
          <Controls definition={definition} question={question} comparable={overTime} />
          <FilterChips filters={filters} />
        </div>
      }
    >
      {report.isError && answer === undefined ? (
        <ErrorState error={report.error} onRetry={() => void report.refetch()} />
      ) : answer === undefined ? (
        <ReportSkeleton />
      ) : (
        <Answered answer={answer} before={beforeAnswer} stale={report.isPlaceholderData} question={question} />
      )}
      {question.input !== undefined && <Behind input={question.input} answer={answer} />}
    </PageFrame>
  );
}

function Answered({ answer, before, stale, question }: { answer: Answer; before: Answer | undefined; stale: boolean; question: Question }) {
  const setQuery = useSetQuery();
  const open = (row: string, column: string) => setQuery({ row, column, as: undefined }, { push: true });
  const empty = isEmpty(answer);
  const shape = shapeOf(answer);
  const matrix = shape === 'heatmap' || shape === 'cohorts';
  return (
    <>
      <Headline answer={answer} />
      {empty ? <Nothing answer={answer} /> : <Chart answer={answer} before={before} stale={stale} onOpen={open} />}
      <LeftOut answer={answer} question={question} />
      <div className={classes.columns} data-alone={matrix || empty} data-stacked={widthNeeded(answer.columns) > roomy}>
        {!matrix && !empty && (
          <Section title="The numbers">
            <ReportTable answer={answer} onOpen={open} />
          </Section>
        )}
        <About answer={answer} />
      </div>
    </>
  );
}

/** Nothing happened: say when something did, and lead there. */
function Nothing({ answer }: { answer: Answer }) {
  const params = useQueryParams();
  const setQuery = useSetQuery();
  const whole = params['period'] === 'all';
  const filtered = ['source', 'kind', 'segment', 'organization', 'population'].filter((name) => params[name] !== undefined);
  const reach = useReach();
  // The server says so in a note: the window has no part in it.
  const unwatched = answer.notes.some((note) => note.startsWith('No topic is watched'));
  if (unwatched) {
    return (
      <div className={classes.nothing}>
        <EmptyState icon={IconHash} title="No topic yet" action={<LinkButton to={paths.topics()}>Choose topics</LinkButton>}>
          A topic is a few words to watch for. This report counts who talks about it.
        </EmptyState>
      </div>
    );
  }
  return (
    <div className={classes.nothing}>
      <EmptyState
        icon={IconChartHistogram}
        title={whole && filtered.length === 0 ? 'Nothing of this kind in the record yet' : 'Nothing in this window'}
        action={
          <>
            {answer.span === null && reach('sources.add') && <LinkButton to={paths.addSource()}>Connect a source</LinkButton>}
            {answer.span !== null && !whole && (
              <Button variant="default" onClick={() => setQuery({ period: 'all', from: undefined, to: undefined })}>
                Show the whole record
              </Button>
            )}
            {filtered.length > 0 && (
              <Button variant="default" onClick={() => setQuery(Object.fromEntries(filtered.map((name) => [name, undefined])))}>
                Clear the filters
              </Button>
            )}
          </>
        }
      >
        {answer.span === null
          ? 'No source has brought anything yet.'
          : `What is here reaches from ${windowTitle(answer.span).replace(' – ', ' to ')}.`}
        {filtered.length > 0 && ' The filters may leave nothing over.'}
      </EmptyState>
    </div>
  );
}

function isEmpty(answer: Answer): boolean {
  const keys = drawn(answer).map((column) => column.key);
  return answer.rows.every((row) => keys.every((key) => (figureIn(row, key) ?? 0) === 0));
}

/** Of the sizes that the report will have, so that nothing jumps. */
function ReportSkeleton() {
  return (
    <>
      <div className={classes.headline}>
        <SkeletonBlock height={106} />
        <SkeletonBlock height={106} />
        <SkeletonBlock height={106} />
      </div>
      <SkeletonBlock height={412} />
      <div className={classes.leftOut} />
      <SkeletonRows rows={8} />
    </>
  );
}
