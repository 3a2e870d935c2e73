import { IconCheck, IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { Output } from '../../api.ts';
import classes from './sources.module.css';

/** What a test found: each thing tried, and what to do where it failed. It comes into sight; give each test its own key. */
export function CheckLines({ lines }: { lines: Output<'sources.test'>['lines'] }) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // In braces: its answer, a promise in newer browsers, is no clean-up.
    list.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <ul ref={list} className={classes.checks} role="status">
      {lines.map((line, index) => (
        <li key={index} data-ok={line.ok}>
          {line.ok ? <IconCheck size={16} aria-label="Works:" /> : <IconX size={16} aria-label="Does not work:" />}
          <span>
            <strong>{line.what}</strong>
            {line.detail !== '' && <span className={classes.detail}>{line.detail}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
