import { IconMoodSad, IconMoodSmile } from '@tabler/icons-react';
import { languageName } from './reading.ts';
import type { Language, Sentiment } from './reading.ts';
import classes from './reading.module.css';

/** Language and tone as quiet marks: a tone only where there is one, a language only where it is known. */
export function ReadingMark({ language, sentiment }: { language: Language | null; sentiment: Sentiment | null }) {
  const Icon = sentiment === 'negative' ? IconMoodSad : sentiment === 'positive' ? IconMoodSmile : undefined;
  return (
    <>
      {Icon !== undefined && (
        <span className={classes.tone} data-tone={sentiment} title={sentiment === 'negative' ? 'Negative' : 'Positive'}>
          <Icon size={15} stroke={1.75} aria-label={sentiment === 'negative' ? 'Negative' : 'Positive'} role="img" />
        </span>
      )}
      {language !== null && language !== 'und' && (
        <abbr className={classes.language} title={languageName(language)}>
          {language}
        </abbr>
      )}
    </>
  );
}
