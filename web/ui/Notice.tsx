import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './Notice.module.css';

/** A word in the page about what is wrong or what to know. `risk` is read out at once. */
export function Notice({ mood = 'risk', title, children }: { mood?: 'risk' | 'attention' | 'quiet'; title?: string; children: ReactNode }) {
  const Icon = mood === 'quiet' ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className={classes.notice} data-mood={mood} role={mood === 'risk' ? 'alert' : 'status'}>
      <Icon size={17} stroke={1.7} aria-hidden />
      <div>
        {title !== undefined && <strong>{title}</strong>}
        <div>{children}</div>
      </div>
    </div>
  );
}
