import { Button, Code, CopyButton, Skeleton, Text, Title } from '@mantine/core';
import { IconCloudOff, IconLock, IconMoodConfuzed, IconRefresh } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { ApiError } from '../api.ts';
import classes from './states.module.css';

type Icon = ComponentType<{ size?: number | string; stroke?: number | string; 'aria-hidden'?: boolean }>;

/** An empty place: what it is for, and the one button that fills it. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: Icon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={classes.state}>
      <span className={classes.icon}>
        <Icon size={24} stroke={1.5} aria-hidden />
      </span>
      <Title order={2}>{title}</Title>
      {children !== undefined && (
        <Text component="div" c="dimmed" className={classes.words}>
          {children}
        </Text>
      )}
      {action !== undefined && <div className={classes.action}>{action}</div>}
    </div>
  );
}

/** Something could not be read: the server's sentence, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const kind = error instanceof ApiError ? error.kind : 'internal';
  const requestId = error instanceof ApiError ? error.requestId : undefined;
  const Icon = kind === 'offline' ? IconCloudOff : kind === 'forbidden' ? IconLock : IconMoodConfuzed;
  const title =
    kind === 'offline'
      ? 'Not connected'
      : kind === 'forbidden'
        ? 'Not for your role'
        : kind === 'not_found'
          ? 'Not found'
          : 'This did not work';
  return (
    <div className={classes.state} role="alert">
      <span className={classes.icon}>
        <Icon size={24} stroke={1.5} aria-hidden />
      </span>
      <Title order={2}>{title}</Title>
      <Text c="dimmed" className={classes.words}>
        {error.message}
      </Text>
      {requestId !== undefined && kind === 'internal' && (
        <CopyButton value={requestId}>
          {({ copied, copy }) => (
            <Button variant="subtle" color="gray" size="compact-sm" onClick={copy}>
              {copied ? 'Copied' : 'Request id'} <Code ml={6}>{requestId}</Code>
            </Button>
          )}
        </CopyButton>
      )}
      {onRetry !== undefined && kind !== 'forbidden' && kind !== 'not_found' && (
        <div className={classes.action}>
          <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  );
}

/** Rows of the size that the table will have, so that nothing jumps. */
export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  return (
    <div className={classes.rows} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.row}>
          <Skeleton height={10} width={`${34 + ((index * 37) % 30)}%`} radius="sm" />
          <Skeleton height={10} width="12%" radius="sm" />
          <Skeleton height={10} width="8%" radius="sm" />
        </div>
      ))}
    </div>
  );
}

export function SkeletonBlock({ height }: { height: number }) {
  return <Skeleton height={height} radius="lg" role="status" aria-label="Loading" />;
}
