import { Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { Mark } from '../../shell/Mark.tsx';
import { useSession } from '../../shell/session.ts';
import classes from './Outside.module.css';

/** The frame of pages before sign-in: the workspace's name and one quiet card. */
export function Outside({
  title,
  about,
  children,
  below,
  wide = false,
}: {
  title: string;
  about?: ReactNode;
  children: ReactNode;
  below?: ReactNode;
  wide?: boolean;
}) {
  const { workspace, setUpNeeded } = useSession();
  const name = setUpNeeded ? 'Rapport' : workspace.name;
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <main className={classes.outside}>
      <div className={classes.column} data-wide={wide}>
        <div className={classes.brand}>
          {workspace.logo === null ? <Mark size={28} /> : <img src={workspace.logo} alt="" height={28} />}
          <span>{name}</span>
        </div>
        <div className={classes.card}>
          <Title order={1} mb={about === undefined ? 'md' : 4}>
            {title}
          </Title>
          {about !== undefined && (
            <Text component="div" c="dimmed" mb="md">
              {about}
            </Text>
          )}
          {children}
        </div>
        {below !== undefined && <div className={classes.below}>{below}</div>}
      </div>
    </main>
  );
}
