import { Button, Group, Tabs } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useAction, useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { count, formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Page as PageFrame } from '../../ui/Page.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { toast, toastError } from '../../ui/toasts.tsx';
import { useParam } from '../../ui/url-state.ts';
import { Bots } from './Bots.tsx';
import { PairReview } from './PairReview.tsx';
import classes from './members.module.css';

/** Pairs that may be one person, and members that may be bots: to be decided by a person, quickly. */
export function Page() {
  const [tab, setTab] = useParam('tab', 'pairs');
  const counts = useAction('members.suggestions', { limit: 1 }, { every: 5000 });
  const bots = useAction('members.bots', { limit: 1 });
  const withCount = (words: string, value: number | undefined) =>
    value === undefined || value === 0 ? words : `${words} (${formatNumber(value)})`;
  return (
    <PageFrame
      title="Suggestions"
      about={<SearchLine />}
      actions={
        <Group gap={8}>
          <Button
            component={Link}
            {...{ to: paths.mergeFile(), look: 'plain' as const }}
            variant="default"
            leftSection={<IconFileUpload size={16} aria-hidden />}
          >
            Merge by file
          </Button>
          <SearchButton />
        </Group>
      }
    >
      <Tabs value={tab} onChange={(next) => setTab(next ?? undefined, { push: true })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="pairs">{withCount('Same person?', counts.data?.open)}</Tabs.Tab>
          <Tabs.Tab value="bots">{withCount('Bots to confirm', bots.data?.count)}</Tabs.Tab>
          <Tabs.Tab value="skipped">{withCount('Skipped', counts.data?.skipped)}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="pairs">
          <PairReview state="open" />
        </Tabs.Panel>
        <Tabs.Panel value="bots">
          <Bots />
        </Tabs.Panel>
        <Tabs.Panel value="skipped">
          <PairReview state="skipped" />
        </Tabs.Panel>
      </Tabs>
    </PageFrame>
  );
}

function useSearch() {
  const first = useAction('members.suggestions', { limit: 1 });
  const running = first.data?.search != null && first.data.search.endedAt === null;
  useAction('members.suggestions', { limit: 1 }, { every: running ? 1500 : false });
  return { search: first.data?.search ?? null, running };
}

/** How far the search is, or what came of the latest. */
function SearchLine() {
  const { search, running } = useSearch();
  if (search === null) return 'Members who may be one person. Nothing is joined by guesswork: you decide.';
  if (running) {
    return (
      <span role="status" className={classes.searching}>
        Looking for people who may be one
        {search.total === null ? '' : `: ${formatNumber(search.done)} of ${formatNumber(search.total)} pairs compared`}…
      </span>
    );
  }
  if (search.error !== null) return `The latest search failed: ${search.error}`;
  return (
    <>
      Nothing is joined by guesswork: you decide. Searched <RelativeTime at={search.endedAt} />, {count(search.done, 'pair')} compared.
    </>
  );
}

function SearchButton() {
  const may = useMay('members.find-suggestions');
  const { running } = useSearch();
  const find = useCommand('members.find-suggestions', {
    onDone: () => toast('The search begins in a moment. It can be left.'),
    onFail: toastError,
  });
  return (
    <ActionButton
      variant="default"
      why={may.why ?? (running ? 'A search is under way.' : undefined)}
      loading={find.isPending}
      onClick={() => find.mutate({})}
    >
      Search again
    </ActionButton>
  );
}
