import {
  IconActivity,
  IconAffiliate,
  IconBookmark,
  IconBuilding,
  IconChartHistogram,
  IconHash,
  IconHome,
  IconMessages,
  IconLayoutDashboard,
  IconPlugConnected,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react';
import { paths } from '../paths.ts';

type Icon = typeof IconHome;

/** A place in the navigation. It is shown when the server has `action` and this person may use it. */
export interface Place {
  label: string;
  to: string;
  icon: Icon;
  /** `g` then this letter goes there. */
  letter: string;
  action: string | undefined;
}

export interface PlaceGroup {
  /** Undefined stands alone, without a heading. */
  label: string | undefined;
  places: Place[];
}

const placeGroups: PlaceGroup[] = [
  { label: undefined, places: [{ label: 'Home', to: paths.home(), icon: IconHome, letter: 'h', action: undefined }] },
  {
    label: 'Community',
    places: [
      { label: 'Timeline', to: paths.timeline(), icon: IconActivity, letter: 't', action: 'activities.timeline' },
      { label: 'Threads', to: paths.threads(), icon: IconMessages, letter: 'w', action: 'metrics.threads' },
      { label: 'Members', to: paths.members(), icon: IconUsers, letter: 'm', action: 'members.list' },
      { label: 'Segments', to: paths.segments(), icon: IconBookmark, letter: 'e', action: 'segments.list' },
      { label: 'Organizations', to: paths.organizations(), icon: IconBuilding, letter: 'o', action: 'organizations.list' },
      { label: 'Topics', to: paths.topics(), icon: IconHash, letter: 'c', action: 'topics.list' },
      { label: 'Suggestions', to: paths.suggestions(), icon: IconAffiliate, letter: 'u', action: 'members.suggestions' },
      { label: 'Dashboards', to: paths.dashboards(), icon: IconLayoutDashboard, letter: 'd', action: 'dashboards.list' },
      { label: 'Reports', to: paths.reports(), icon: IconChartHistogram, letter: 'r', action: 'metrics.reports' },
      { label: 'Sources', to: paths.sources(), icon: IconPlugConnected, letter: 's', action: 'sources.list' },
    ],
  },
  { label: undefined, places: [{ label: 'Settings', to: paths.settings(), icon: IconSettings, letter: ',', action: undefined }] },
];

/** What this person sees: an empty group goes too. */
export function visibleGroups(reach: (action: string) => boolean): PlaceGroup[] {
  return placeGroups
    .map((group) => ({ ...group, places: group.places.filter((place) => place.action === undefined || reach(place.action)) }))
    .filter((group) => group.places.length > 0);
}
