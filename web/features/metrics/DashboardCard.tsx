import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconExternalLink } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useAction } from '../../api.ts';
import { paths } from '../../paths.ts';
import { Link, splitAddress } from '../../ui/Link.tsx';
import { ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { inputOf, queryOf } from './asks.ts';
import type { CardAsk, ReportCard } from './asks.ts';
import { Chart } from './Chart.tsx';
import { formatFigure } from './figures.ts';
import { windowTitle } from './period.ts';
import { hasBefore } from './question.ts';
import type { Answer, Definition } from './question.ts';
import { ReportTable } from './ReportTable.tsx';
import { DownloadItems } from './Downloads.tsx';
import { shapeOf } from './shape.ts';
import classes from './dashboard.module.css';

/** One report on a dashboard: its figures, its picture or its table, and the way to the whole of it. */
export function DashboardCard({
  card,
  ask,
  definition,
}: {
  card: ReportCard;
  ask: CardAsk | undefined;
  definition: Definition | undefined;
}) {
  const report = useAction('metrics.report', ask === undefined ? { report: card.report } : inputOf(ask), {
    enabled: ask !== undefined,
    keep: true,
  });
  const answer = report.data;
  const title = card.title ?? definition?.title ?? card.report;
  const address = paths.report(card.report, ask === undefined ? {} : queryOf(ask));
  return (
    <>
      <header className={classes.head}>
        <h2 className={classes.title}>
          <Link to={address} look="plain">
            {title}
          </Link>
        </h2>
        {answer !== undefined && <span className={classes.window}>{windowTitle(answer.window)}</span>}
        {ask !== undefined && answer !== undefined && <CardMenu card={card} ask={ask} title={title} address={address} answer={answer} />}
      </header>
      {report.isError && answer === undefined ? (
        <ErrorState error={report.error} onRetry={() => void report.refetch()} />
      ) : answer === undefined || ask === undefined ? (
        <SkeletonBlock height={card.view === 'figures' ? 60 : 280} />
      ) : (
        <CardBody card={card} ask={ask} answer={answer} stale={report.isPlaceholderData} />
      )}
    </>
  );
}

function CardBody({ card, ask, answer, stale }: { card: ReportCard; ask: CardAsk; answer: Answer; stale: boolean }) {
  const navigate = useNavigate();
  const shape = shapeOf(answer);
  const overTime = shape === 'line' || shape === 'stacked' || shape === 'bars';
  const compared = card.view === 'chart' && overTime && hasBefore(answer);
  const { period: _named, ...input } = inputOf(ask);
  const before = useAction(
    'metrics.report',
    { ...input, ...answer.previous, granularity: answer.granularity },
    { enabled: compared && !stale, keep: true },
  );
  const open = (row: string, column: string) => {
    const { pathname, search } = splitAddress(paths.report(card.report, { ...queryOf(ask), row, column }));
    void navigate({ to: pathname, search });
  };
  return (
    <>
      <Figures answer={answer} />
      {card.view === 'chart' && (
        <div className={classes.chart}>
          <Chart answer={answer} before={compared ? before.data : undefined} stale={stale} onOpen={open} compact />
        </div>
      )}
      {card.view === 'table' && (
        <div className={classes.table}>
          <ReportTable answer={answer} onOpen={open} />
        </div>
      )}
    </>
  );
}

const mostFigures = 4;

function Figures({ answer }: { answer: Answer }) {
  const known = hasBefore(answer);
  return (
    <dl className={classes.figures}>
      {answer.headline.slice(0, mostFigures).map((line) => (
        <div key={line.key}>
          <dt>{line.title}</dt>
          <dd>
            <b>{formatFigure(line.value, line.type)}</b>
            {known && line.previous !== null && <span> {formatFigure(line.previous, line.type)} before</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function CardMenu({
  card,
  ask,
  title,
  address,
  answer,
}: {
  card: ReportCard;
  ask: CardAsk;
  title: string;
  address: string;
  answer: Answer;
}) {
  const navigate = useNavigate();
  const { report, ...rest } = ask;
  const named = card.title === undefined ? {} : { title };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={26} aria-label={`More for ${title}`}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconExternalLink size={16} aria-hidden />}
          onClick={() => {
            const { pathname, search } = splitAddress(address);
            void navigate({ to: pathname, search });
          }}
        >
          Open the report
        </Menu.Item>
        <Menu.Divider />
        <DownloadItems picture={{ report, ask: rest, ...named }} input={inputOf(ask)} empty={answer.rows.length === 0} />
      </Menu.Dropdown>
    </Menu>
  );
}
