import { Spotlight } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { useAction } from '../api.ts';
import { paths } from '../paths.ts';
import { PlatformIcon } from '../ui/PlatformIcon.tsx';
import { useReach } from './session.ts';

/** What the server finds for the words typed: sources now, and people. */
export function PaletteFound({ query }: { query: string }) {
  const reach = useReach();
  const navigate = useNavigate();
  const wanted = query.length >= 2;
  const sources = useAction('sources.list', {}, { enabled: wanted && reach('sources.list') });
  const found = (sources.data?.sources ?? []).filter((source) => source.name.toLowerCase().includes(query.toLowerCase())).slice(0, 6);
  if (!wanted || found.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label="Sources">
      {found.map((source) => (
        <Spotlight.Action
          key={source.id}
          label={source.name}
          leftSection={<PlatformIcon platform={source.connector} size={18} />}
          onClick={() => void navigate({ to: paths.source(source.id) })}
        />
      ))}
    </Spotlight.ActionsGroup>
  );
}
