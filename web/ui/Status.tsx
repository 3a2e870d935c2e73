import type { ReactNode } from 'react';
import classes from './Status.module.css';

export type Mood = 'good' | 'attention' | 'risk' | 'quiet' | 'busy';

/** A state: a shape and a word, the colour only beside. */
export function Status({ mood, children }: { mood: Mood; children: ReactNode }) {
  return (
    <span className={classes.status} data-mood={mood}>
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden className={classes.mark}>
        {mood === 'good' && <circle cx="5" cy="5" r="4" />}
        {mood === 'attention' && <path d="M5 .8 9.6 9H.4Z" />}
        {mood === 'risk' && <path d="M5 .2 9.8 5 5 9.8.2 5Z" />}
        {mood === 'quiet' && <circle cx="5" cy="5" r="3.2" className={classes.hollow} />}
        {mood === 'busy' && <circle cx="5" cy="5" r="3.5" className={classes.spin} />}
      </svg>
      <span className={classes.words}>{children}</span>
    </span>
  );
}
