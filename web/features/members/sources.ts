import { useAction } from '../../api.ts';
import { useReach } from '../../shell/session.ts';

/** What a source is called, for saying where something came from. */
export function useSourceNames(): (id: string | null) => string | undefined {
  const reach = useReach();
  const sources = useAction('sources.list', {}, { enabled: reach('sources.list') });
  return (id) => (id === null ? undefined : sources.data?.sources.find((source) => source.id === id)?.name);
}
