import { formatNumber, formatShare } from '../../ui/format.ts';
import classes from './topics.module.css';

interface Tones {
  negative: number;
  neutral: number;
  positive: number;
  unknown: number;
}

const order = ['negative', 'neutral', 'positive', 'unknown'] as const;

/** How a topic is spoken of: four parts of one bar, with the words for those who do not see it. */
export function ToneBar({ sentiment, legend = false }: { sentiment: Tones; legend?: boolean }) {
  const whole = order.reduce((sum, tone) => sum + sentiment[tone], 0);
  if (whole === 0) return <span className={classes.quiet}>nothing said</span>;
  const words = order.filter((tone) => sentiment[tone] > 0).map((tone) => `${formatShare(sentiment[tone] / whole)} ${tone}`);
  return (
    <div>
      <div className={classes.tone} role="img" aria-label={words.join(', ')} title={words.join(', ')}>
        {order.map((tone) => sentiment[tone] > 0 && <span key={tone} data-tone={tone} style={{ flexGrow: sentiment[tone] }} />)}
      </div>
      {legend && (
        <ul className={classes.legend}>
          {order.map((tone) => (
            <li key={tone}>
              <span className={classes.key} data-tone={tone} aria-hidden />
              {formatNumber(sentiment[tone])} {tone}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
