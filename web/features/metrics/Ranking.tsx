import { UnstyledButton } from '@mantine/core';
import { paths } from '../../paths.ts';
import { Link } from '../../ui/Link.tsx';
import { PersonLink } from '../../ui/person.tsx';
import { formatFigure } from './figures.ts';
import type { Bar, Bars } from './bars.ts';
import classes from './ranking.module.css';

/** Bars from zero, longest first, each with its name and number. */
export function Ranking({ bars, onOpen }: { bars: Bars; onOpen: (row: string, column: string) => void }) {
  return (
    <>
      <ol className={classes.list}>
        {bars.shown.map((bar) => (
          <li key={bar.key} className={classes.row} data-strong={bar.strong}>
            <span className={classes.name}>
              <Name bar={bar} />
            </span>
            <UnstyledButton
              className={classes.bar}
              onClick={() => onOpen(bar.key, bars.column.key)}
              aria-label={`${wordsOf(bar, bars)} ${bars.column.title}, ${bar.name}`}
            >
              {bar.length > 0 && <span className={classes.fill} style={{ width: `${bar.length * 100}%` }} />}
              <span className={classes.value}>
                {formatFigure(bar.value, bars.column.type)}
                {bar.share !== null && <span className={classes.share}> {formatFigure(bar.share, 'share')}</span>}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ol>
      {bars.more > 0 && <p className={classes.more}>and {bars.more} more in the table below</p>}
    </>
  );
}

function wordsOf(bar: Bar, { column }: Bars): string {
  return `${formatFigure(bar.value, column.type)}${bar.share === null ? '' : ` ${formatFigure(bar.share, 'share')}`}`;
}

/** A person or an organization leads to its page. */
function Name({ bar: { id, about, name } }: { bar: Bar }) {
  if (id !== undefined && about === 'member') return <PersonLink member={id}>{name}</PersonLink>;
  if (id !== undefined && about === 'organization') {
    return (
      <Link to={paths.organization(id)} look="plain" dir="auto">
        {name}
      </Link>
    );
  }
  return <span dir="auto">{name}</span>;
}
