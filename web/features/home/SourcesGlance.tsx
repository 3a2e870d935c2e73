import type { Output } from '../../api.ts';
import { paths } from '../../paths.ts';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { PlatformIcon } from '../../ui/PlatformIcon.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { Status } from '../../ui/Status.tsx';
import { stateOf } from '../../ui/source-state.ts';
import classes from './home.module.css';

const shown = 8;

/** The sources that need a look come first. */
export function SourcesGlance({ sources }: { sources: Output<'sources.list'>['sources'] }) {
  const weight = { risk: 0, attention: 1, busy: 2, quiet: 3, good: 4 };
  const sorted = [...sources].sort((a, b) => weight[stateOf(a).mood] - weight[stateOf(b).mood]);
  return (
    <ul className={classes.list}>
      {sorted.slice(0, shown).map((source) => {
        const { mood, word } = stateOf(source);
        return (
          <li key={source.id}>
            <Link to={paths.source(source.id)} look="plain" className={classes.line}>
              <PlatformIcon platform={source.connector} />
              <span className={classes.grow}>{source.name}</span>
              <span className={classes.wide}>
                <Sparkline
                  values={source.itemsADay}
                  width={72}
                  height={20}
                  label={`${formatNumber(source.itemsADay.reduce((sum, n) => sum + n, 0))} items in 30 days`}
                />
              </span>
              <span style={{ width: 92 }}>
                <Status mood={mood}>{word}</Status>
              </span>
              <span className={`${classes.quiet} ${classes.wide}`} style={{ width: 108, textAlign: 'right' }}>
                <RelativeTime at={source.lastSuccessAt} />
              </span>
            </Link>
          </li>
        );
      })}
      {sorted.length > shown && (
        <li>
          <Link to={paths.sources()} look="plain" className={classes.line}>
            and {count(sorted.length - shown, 'more source')}
          </Link>
        </li>
      )}
    </ul>
  );
}
