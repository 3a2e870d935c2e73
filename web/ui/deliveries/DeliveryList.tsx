import { Button } from '@mantine/core';
import { useAction, useCommand } from '../../api.ts';
import type { Output } from '../../api.ts';
import { useMay } from '../../shell/session.ts';
import { OutsideLink } from '../Link.tsx';
import { RelativeTime } from '../RelativeTime.tsx';
import { Status } from '../Status.tsx';
import type { Mood } from '../Status.tsx';
import { toastError } from '../toasts.tsx';
import classes from './deliveries.module.css';

export type Sent = Output<'sources.deliveries'>['deliveries'][number];

const moods: Record<Sent['state'], { mood: Mood; word: string }> = {
  waiting: { mood: 'busy', word: 'Waiting' },
  sending: { mood: 'busy', word: 'Sending' },
  done: { mood: 'good', word: 'Done' },
  failed: { mood: 'risk', word: 'Failed' },
  unknown: { mood: 'attention', word: 'Unclear' },
  dropped: { mood: 'quiet', word: 'Given up' },
};

/** What was done over there to one thing, with its outcome; followed while something is under way. Nothing when nothing was. */
export function DeliveryList({ subject }: { subject: string }) {
  const sent = useAction('sources.deliveries', { subject, limit: 20 }, { every: 4000 });
  if (sent.data === undefined || sent.data.deliveries.length === 0) return null;
  return (
    <section className={classes.list} aria-label="Done from here" aria-live="polite">
      {sent.data.deliveries.map((delivery) => (
        <DeliveryLine key={delivery.id} delivery={delivery} />
      ))}
    </section>
  );
}

/** One delivery: what, by whom, how it stands, and what can be done about it. */
export function DeliveryLine({ delivery }: { delivery: Sent }) {
  const { mood, word } = moods[delivery.state];
  const text = delivery.input['text'] ?? delivery.input['body'];
  return (
    <div className={classes.line}>
      <div>
        <Status mood={mood}>{word}</Status> · <strong>{delivery.title}</strong>{' '}
        <span className={classes.quiet}>
          by {delivery.askedBy}, <RelativeTime at={delivery.askedAt} />
          {delivery.state === 'waiting' && delivery.nextTryAt !== null && (
            <>
              {' '}
              · next try <RelativeTime at={delivery.nextTryAt} />
            </>
          )}
        </span>
        {delivery.url !== null && (
          <>
            {' '}
            <OutsideLink href={delivery.url}>see it there</OutsideLink>
          </>
        )}
      </div>
      {typeof text === 'string' && (
        <div className={classes.text} dir="auto">
          {text}
        </div>
      )}
      {delivery.detail !== null && <div className={classes.quiet}>{delivery.detail}</div>}
      <DeliveryButtons delivery={delivery} />
    </div>
  );
}

function DeliveryButtons({ delivery }: { delivery: Sent }) {
  const may = useMay('sources.deliver-again');
  const again = useCommand('sources.deliver-again', { onFail: toastError });
  const drop = useCommand('sources.deliver-drop', { onFail: toastError });
  const open = delivery.state === 'failed' || delivery.state === 'unknown' || delivery.state === 'waiting';
  if (!may.allowed || !open) return null;
  return (
    <div className={classes.buttons}>
      {delivery.state !== 'waiting' && (
        <Button size="compact-xs" variant="default" loading={again.isPending} onClick={() => again.mutate({ id: delivery.id })}>
          Send again
        </Button>
      )}
      <Button size="compact-xs" variant="subtle" color="gray" loading={drop.isPending} onClick={() => drop.mutate({ id: delivery.id })}>
        Give up
      </Button>
    </div>
  );
}
