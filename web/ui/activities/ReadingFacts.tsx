import { Button, Select } from '@mantine/core';
import { useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { RelativeTime } from '../RelativeTime.tsx';
import { toast, toastError } from '../toasts.tsx';
import { isLanguage, isSentiment, languageName, languageOptions, sentimentNames, sentimentOptions } from './reading.ts';
import { forgetTimelines } from './timeline.ts';
import classes from './reading.module.css';

type Reading = NonNullable<Output<'activities.get'>['reading']>;

/** Language and tone of one activity. A person who knows better corrects them; the correction stays, and says who made it. */
export function ReadingFacts({ id, reading }: { id: string; reading: Reading }) {
  const may = useMay('activities.correct');
  const correct = useCommand('activities.correct', {
    refresh: ['metrics'],
    onDone: () => {
      forgetTimelines();
      toast('Corrected. It stays, whatever is read again.');
    },
    onFail: toastError,
  });
  const { corrected } = reading;
  return (
    <>
      <div>
        <dt>Language</dt>
        <dd className={classes.choice}>
          {may.allowed ? (
            <Select
              size="xs"
              w={190}
              aria-label="Language"
              data={languageOptions}
              value={reading.language}
              searchable
              allowDeselect={false}
              disabled={correct.isPending}
              comboboxProps={{ withinPortal: true }}
              onChange={(language) => language !== null && isLanguage(language) && correct.mutate({ id, language })}
            />
          ) : (
            languageName(reading.language)
          )}
          {corrected?.language === true && (
            <TakeBack may={may.allowed} what="language" busy={correct.isPending} onClick={() => correct.mutate({ id, language: null })} />
          )}
        </dd>
      </div>
      <div>
        <dt>Sentiment</dt>
        <dd className={classes.choice}>
          {may.allowed ? (
            <Select
              size="xs"
              w={190}
              aria-label="Sentiment"
              data={sentimentOptions}
              value={reading.sentiment}
              allowDeselect={false}
              disabled={correct.isPending}
              onChange={(sentiment) => sentiment !== null && isSentiment(sentiment) && correct.mutate({ id, sentiment })}
            />
          ) : (
            sentimentNames[reading.sentiment]
          )}
          {reading.score !== null && reading.sentiment !== 'unknown' && (
            <span className={classes.quiet}>{reading.score > 0 ? `+${reading.score}` : reading.score} of 100</span>
          )}
          {corrected?.sentiment === true && (
            <TakeBack may={may.allowed} what="sentiment" busy={correct.isPending} onClick={() => correct.mutate({ id, sentiment: null })} />
          )}
        </dd>
      </div>
      {corrected !== null && (
        <div>
          <dt>Corrected</dt>
          <dd>
            by <bdi>{corrected.by}</bdi>, <RelativeTime at={corrected.at} />
          </dd>
        </div>
      )}
    </>
  );
}

function TakeBack({ may, what, busy, onClick }: { may: boolean; what: string; busy: boolean; onClick: () => void }) {
  if (!may) return null;
  return (
    <Button variant="subtle" color="gray" size="compact-xs" disabled={busy} onClick={onClick} aria-label={`Use the detected ${what}`}>
      Use what was detected
    </Button>
  );
}
