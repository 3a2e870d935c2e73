import { ActionIcon, Badge, Button, CopyButton, Text, Textarea } from '@mantine/core';
import { IconApi, IconCheck, IconCopy } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, get, post } from '../../api.ts';
import { CodeBlock } from '../../ui/CodeBlock.tsx';
import { FilterChips } from '../../ui/FilterChips.tsx';
import { Link, OutsideLink } from '../../ui/Link.tsx';
import { Page as PageFrame, Section } from '../../ui/Page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { useQueryParams } from '../../ui/url-state.ts';
import { paths } from '../../paths.ts';
import { exampleOf, readOperations } from './operations.ts';
import type { Operation } from './operations.ts';
import { SchemaView } from './SchemaView.tsx';
import classes from './api-reference.module.css';

/** Every action, what it takes and answers, and a place to try it; drawn from the server's own OpenAPI document. */
export function Page() {
  const params = useQueryParams();
  const document = useQuery({
    queryKey: ['openapi'],
    queryFn: async ({ signal }) => readOperations(await get('/api/openapi.json', signal)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const frame = {
    title: 'API reference',
    about: (
      <>
        What a button does, a program can do too: the same permission, validation and audit. Make a key under{' '}
        <Link to={paths.settingsPage('keys')}>API keys</Link>; the document itself is{' '}
        <OutsideLink href="/api/openapi.json">openapi.json</OutsideLink>.
      </>
    ),
  };
  if (document.isPending) {
    return (
      <PageFrame {...frame}>
        <SkeletonRows rows={12} />
      </PageFrame>
    );
  }
  if (document.isError) {
    return (
      <PageFrame {...frame}>
        <ErrorState error={document.error} onRetry={() => void document.refetch()} />
      </PageFrame>
    );
  }
  const words = (params['q'] ?? '').toLowerCase();
  const hits = document.data.filter((operation) => `${operation.name} ${operation.summary}`.toLowerCase().includes(words));
  const chosen = document.data.find((operation) => operation.name === params['action']) ?? hits[0];
  const modules = Object.entries(Object.groupBy(hits, (operation) => operation.module));
  return (
    <PageFrame {...frame} below={<FilterChips search={{ name: 'q', label: 'Find an action' }} />}>
      <div className={classes.columns}>
        <nav className={classes.list} aria-label="Actions">
          {modules.map(([module, operations]) => (
            <div key={module}>
              <h2>{module}</h2>
              {(operations ?? []).map((operation) => (
                <Link
                  key={operation.name}
                  to={paths.apiReference(operation.name)}
                  look="plain"
                  className={classes.item}
                  aria-current={operation === chosen ? 'true' : undefined}
                  title={operation.summary}
                >
                  {operation.name.slice(module.length + 1)}
                </Link>
              ))}
            </div>
          ))}
        </nav>
        <div className={classes.detail}>
          {chosen === undefined ? (
            <EmptyState icon={IconApi} title="No action by that name" />
          ) : (
            <OperationView key={chosen.name} operation={chosen} />
          )}
        </div>
      </div>
    </PageFrame>
  );
}

function OperationView({ operation }: { operation: Operation }) {
  return (
    <article>
      <h2 className={classes.name}>
        <Badge variant="default">{operation.query ? 'GET, POST' : 'POST'}</Badge>
        <code>{operation.path}</code>
      </h2>
      <p className={classes.summary}>{operation.summary}</p>
      <Text size="sm" c="dimmed" mb="lg">
        {operation.query ? 'A query: it changes nothing.' : 'A command: it is written to the audit trail.'} {operation.needs}
      </Text>
      <Section title="Input">
        <SchemaView schema={operation.input} empty="Takes nothing: send {}." />
      </Section>
      <Section title="Output">
        <SchemaView schema={operation.output} empty="Answers nothing." />
      </Section>
      <TryIt operation={operation} />
    </article>
  );
}

function TryIt({ operation }: { operation: Operation }) {
  const [text, setText] = useState(() => JSON.stringify(exampleOf(operation.input), undefined, 2));
  const problem = jsonProblem(text);
  const attempt = useMutation({ mutationFn: () => post(operation.path, JSON.parse(text)) });
  const curl = `curl -X POST ${window.location.origin}${operation.path} \\\n  -H 'Authorization: Bearer YOUR_KEY' \\\n  -H 'Content-Type: application/json' \\\n  -d '${(problem === undefined ? JSON.stringify(JSON.parse(text)) : '{}').replaceAll("'", "'\\''")}'`;
  return (
    <Section
      title="Try it"
      about={operation.query ? 'As yourself, on this instance.' : 'As yourself, on this instance: it really happens.'}
    >
      <Textarea
        aria-label="Input as JSON"
        classNames={{ input: classes.code }}
        autosize
        minRows={3}
        maxRows={16}
        spellCheck={false}
        value={text}
        error={problem}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
        <Button
          size="xs"
          variant={operation.query ? 'filled' : 'default'}
          disabled={problem !== undefined}
          loading={attempt.isPending}
          onClick={() => attempt.mutate()}
        >
          {operation.query ? 'Ask' : 'Run it'}
        </Button>
      </div>
      {(attempt.isSuccess || attempt.isError) && (
        <CodeBlock label="Answer" failed={attempt.isError}>
          {attempt.isError
            ? JSON.stringify(
                attempt.error instanceof ApiError
                  ? {
                      kind: attempt.error.kind,
                      code: attempt.error.code,
                      message: attempt.error.message,
                      complaints: attempt.error.complaints,
                    }
                  : String(attempt.error),
                undefined,
                2,
              )
            : JSON.stringify(attempt.data, undefined, 2)}
        </CodeBlock>
      )}
      <div className={classes.curl}>
        <CodeBlock label="The same by curl">{curl}</CodeBlock>
        <CopyButton value={curl}>
          {({ copied, copy }) => (
            <ActionIcon className={classes.copy} onClick={copy} aria-label="Copy the command">
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          )}
        </CopyButton>
      </div>
    </Section>
  );
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `Not JSON: ${error instanceof Error ? error.message : ''}`;
  }
}
