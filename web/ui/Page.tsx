import { Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import classes from './Page.module.css';

interface Props {
  title: string;
  /** Shown instead of the title's text: with an icon, a badge. The text stays the document's title. */
  heading?: ReactNode;
  /** One sentence: what this page is for. */
  about?: ReactNode;
  /** A way back to the list. */
  above?: ReactNode;
  /** The primary action, right. */
  actions?: ReactNode;
  /** The row of filters, or tabs. */
  below?: ReactNode;
  /** `read` keeps lines short: settings, forms. `full` for tables. */
  width?: 'full' | 'read';
  children?: ReactNode;
}

/** A page: title and one sentence, primary action right, filters, content. */
export function Page({ title, heading, about, above, actions, below, width = 'full', children }: Props) {
  useEffect(() => {
    document.title = `${title} · Rapport`;
  }, [title]);
  return (
    <div className={classes.page} data-width={width}>
      <header className={classes.header}>
        {above !== undefined && <div className={classes.above}>{above}</div>}
        <div className={classes.line}>
          <div className={classes.words}>
            <Title order={1} className={classes.title}>
              {heading ?? title}
            </Title>
            {about !== undefined && (
              <Text component="div" c="dimmed" size="md" className={classes.about}>
                {about}
              </Text>
            )}
          </div>
          {actions !== undefined && <div className={classes.actions}>{actions}</div>}
        </div>
        {below !== undefined && <div className={classes.below}>{below}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with its own small heading. */
export function Section({
  title,
  about,
  actions,
  children,
}: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={classes.section}>
      <div className={classes.line}>
        <div className={classes.words}>
          <Title order={2}>{title}</Title>
          {about !== undefined && (
            <Text component="div" c="dimmed" size="sm">
              {about}
            </Text>
          )}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}
