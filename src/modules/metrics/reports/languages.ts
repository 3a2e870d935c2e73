import { languageOf } from '../../activities/index.ts';
import { openExclusion } from '../counting.ts';
import { countVoices, peopleOf, shareOf, together } from '../reading-count.ts';
import { openRead } from '../reading-rows.ts';
import { openReadings, readingsVersion } from '../readings.ts';
import { languageName } from '../place-names.ts';
import type { ReadReport } from '../report.ts';

export const languages: ReadReport = {
  id: 'languages',
  title: 'Languages',
  question: 'Which languages does the community write?',
  definition:
    'Activities in which somebody wrote words of their own, by the language of those words, and the different people who wrote them. Code, addresses and quotes are left out before the language is told. What is too short or could be several languages is unknown, and has a row of its own. Who writes two languages is in both rows. Bots are left out.',
  source: { title: 'Rapport' },
  kinds: 'activities',
  options: ['top'],
  chart: { type: 'ranking', x: 'language', y: ['people'] },

  version: ({ database }, { selection }) => readingsVersion(database, selection.sources),

  async read(context, ask, census) {
    const readings = await openReadings(context.database, 'language', ask.selection);
    const exclusion = openExclusion(census);
    const voices = countVoices(census, readings, ask.selection, exclusion, (key) => key);
    const all = together(census, voices.values());
    const rows = [...voices]
      .map(([language, own]) => ({
        key: `l${language}`,
        cells: {
          language: languageName(languageOf(language)),
          people: peopleOf(own),
          activities: own.activities,
          share: shareOf(own.activities, all.activities),
        },
      }))
      .toSorted((a, b) => b.cells.people - a.cells.people || b.cells.activities - a.cells.activities || a.key.localeCompare(b.key));
    return {
      columns: [
        { key: 'language', title: 'Language', type: 'text' },
        { key: 'people', title: 'People', type: 'count', counts: 'people' },
        { key: 'activities', title: 'Activities', type: 'count', counts: 'activities' },
        { key: 'share', title: 'Share', type: 'share', of: 'activities' },
      ],
      rows: rows.slice(0, ask.top),
      headline: [
        { key: 'languages', title: 'Languages', type: 'number', value: [...voices.keys()].filter((key) => key !== 0).length },
        { key: 'people', title: 'People who wrote', type: 'count', value: peopleOf(all), counts: 'people' },
        { key: 'activities', title: 'Activities with words', type: 'count', value: all.activities, counts: 'activities' },
      ],
      notes: rows.length > ask.top ? [`The first ${ask.top} of ${rows.length}.`] : [],
      excluded: exclusion.excluded,
    };
  },

  openActivities(context, ask, census, row) {
    const language = row === '*' ? undefined : Number(/^l(\d{1,3})$/.exec(row)?.[1]);
    if (Number.isNaN(language)) return Promise.resolve(undefined);
    return Promise.resolve(openRead(context, ask, census, ask.selection, { language }));
  },
};
