import { useNavigate } from '@tanstack/react-router';
import { IconBookmark, IconBuilding, IconChartHistogram, IconLayoutDashboard } from '@tabler/icons-react';
import { useAction } from '../api.ts';
import { paths } from '../paths.ts';
import { Initials } from '../ui/Initials.tsx';
import { splitAddress } from '../ui/Link.tsx';
import { PlatformIcon } from '../ui/PlatformIcon.tsx';
import type { Command } from './commands.tsx';
import { useReach } from './session.ts';

const most = 6;

/** What the server finds for two letters or more: reports, dashboards, segments, people, organizations, sources. `looking` while an answer is under way. */
export function useFound(words: string): { found: Command[]; looking: boolean } {
  const reach = useReach();
  const navigate = useNavigate();
  const wanted = words.length >= 2;
  const people = useAction(
    'members.list',
    { search: words, limit: most, count: false, bots: 'with' },
    { enabled: wanted && reach('members.list'), keep: true },
  );
  const organizations = useAction(
    'organizations.list',
    { search: words, limit: 4 },
    { enabled: wanted && reach('organizations.list'), keep: true },
  );
  const sources = useAction('sources.list', {}, { enabled: wanted && reach('sources.list') });
  const reports = useAction('metrics.reports', {}, { enabled: wanted && reach('metrics.reports') });
  const dashboards = useAction('dashboards.list', {}, { enabled: wanted && reach('dashboards.list') });
  const segments = useAction('segments.list', {}, { enabled: wanted && reach('segments.list') });
  if (!wanted) return { found: [], looking: false };
  const go = (to: string) => () => void navigate({ to: splitAddress(to).pathname });
  const named = <T,>(list: readonly T[] | undefined, nameOf: (one: T) => string) =>
    (list ?? []).filter((one) => nameOf(one).toLowerCase().includes(words.toLowerCase())).slice(0, most);
  const found: Command[] = [
    ...named(reports.data?.reports, ({ title }) => title).map((report) => ({
      id: report.id,
      group: 'Reports',
      label: report.title,
      icon: <IconChartHistogram size={18} stroke={1.6} aria-hidden />,
      run: go(paths.report(report.id)),
    })),
    ...named(dashboards.data?.dashboards, ({ title }) => title).map((dashboard) => ({
      id: dashboard.id,
      group: 'Dashboards',
      label: dashboard.title,
      icon: <IconLayoutDashboard size={18} stroke={1.6} aria-hidden />,
      run: go(paths.dashboard(dashboard.id)),
    })),
    ...named(segments.data?.segments, ({ name }) => name).map((segment) => ({
      id: segment.id,
      group: 'Segments',
      label: segment.name,
      icon: <IconBookmark size={18} stroke={1.6} aria-hidden />,
      run: go(paths.segment(segment.id)),
    })),
    ...(people.data?.members ?? []).map((member) => ({
      id: member.id,
      group: 'People',
      label: member.name,
      icon: <Initials name={member.name} src={member.avatarUrl} size={20} />,
      run: go(paths.member(member.id)),
    })),
    ...(organizations.data?.organizations ?? []).map((organization) => ({
      id: organization.id,
      group: 'Organizations',
      label: organization.name,
      icon: <IconBuilding size={18} stroke={1.6} aria-hidden />,
      run: go(paths.organization(organization.id)),
    })),
    ...named(sources.data?.sources, ({ name }) => name).map((source) => ({
      id: source.id,
      group: 'Sources',
      label: source.name,
      icon: <PlatformIcon platform={source.connector} size={18} />,
      run: go(paths.source(source.id)),
    })),
  ];
  return { found, looking: people.isFetching || organizations.isFetching };
}
