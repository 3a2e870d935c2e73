import { Button, CopyButton, TextInput } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { useCommand } from '../../api.ts';
import { paths } from '../../paths.ts';
import { useMay } from '../../shell/session.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { DeliverMenu } from '../../ui/deliveries/Deliver.tsx';
import { DeliveryLine } from '../../ui/deliveries/DeliveryList.tsx';
import { formatNumber } from '../../ui/format.ts';
import { Link } from '../../ui/Link.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Section } from '../../ui/Page.tsx';
import { usePages } from '../../ui/pages.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { EmptyState, ErrorState, SkeletonBlock } from '../../ui/states.tsx';
import { toastError } from '../../ui/toasts.tsx';
import type { SourceDetail } from './Source.tsx';
import classes from './sources.module.css';

/** What a source sends by itself, and what was done over there from here. */
export function SourceExchange({ source }: { source: SourceDetail }) {
  return (
    <>
      {source.webhook !== null && <Webhook source={source} webhook={source.webhook} />}
      {source.deliveries.length > 0 && <Deliveries source={source} />}
    </>
  );
}

type Agreed = NonNullable<SourceDetail['webhook']>;

function Webhook({ source, webhook }: { source: SourceDetail; webhook: Agreed }) {
  return (
    <Section title="Webhook" about="With a webhook, what happens there is here within a second; the schedule goes on beside it.">
      <div className={classes.form}>
        <dl className={classes.facts} style={{ marginBottom: 0 }}>
          <div>
            <dt>Last request</dt>
            <dd>
              <RelativeTime at={source.webhookAt} none="none yet" />
            </dd>
          </div>
          <div>
            <dt>Requests taken</dt>
            <dd>{formatNumber(webhook.requests)}</dd>
          </div>
          <div>
            <dt>New or changed items</dt>
            <dd>{formatNumber(webhook.items)}</dd>
          </div>
        </dl>
        {webhook.error !== null && (
          <Notice mood="attention" title="The last request was refused">
            {webhook.error}
          </Notice>
        )}
        <Steps source={source} webhook={webhook} />
      </div>
    </Section>
  );
}

function Steps({ source, webhook }: { source: SourceDetail; webhook: Agreed }) {
  const [secret, setSecret] = useState<string>();
  const may = useMay('sources.make-webhook-secret');
  const make = useCommand('sources.make-webhook-secret', { onDone: (made) => setSecret(made.secret), onFail: toastError });
  return (
    <div className={classes.card}>
      <div className={classes.form}>
        <ol className={classes.steps}>
          {webhook.setUp.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <Copied label="Address" value={webhook.address} />
        {secret !== undefined && <Copied label="Secret (shown this once)" value={secret} />}
        <div className={classes.buttons}>
          {webhook.ours ? (
            <ActionButton variant="default" why={may.why} loading={make.isPending} onClick={() => make.mutate({ id: source.id })}>
              {webhook.secretSet ? 'Make a new secret' : 'Make a secret'}
            </ActionButton>
          ) : (
            !webhook.secretSet && <Link to={paths.source(source.id, 'settings')}>Enter the secret in the settings</Link>
          )}
        </div>
        {webhook.ours && webhook.secretSet && secret === undefined && (
          <small className={classes.detail}>A secret is set. A new one replaces it at once: enter it over there too.</small>
        )}
      </div>
    </div>
  );
}

function Copied({ label, value }: { label: string; value: string }) {
  return (
    <div className={classes.copied}>
      <TextInput label={label} readOnly value={value} onFocus={(event) => event.currentTarget.select()} />
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy} aria-label={`Copy: ${label}`}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
    </div>
  );
}

function Deliveries({ source }: { source: SourceDetail }) {
  const sent = usePages('sources.deliveries', { source: source.id, limit: 50 }, (page) => page.deliveries);
  const names = source.deliveries.map((delivery) => delivery.title.toLowerCase()).join(', ');
  return (
    <Section
      title="Done from here"
      about={`From Rapport one can ${names} there. Each is sent once, and its outcome is kept.`}
      actions={<DeliverMenu source={source} subject={{}} on={['source']} label="Do something there" />}
    >
      {sent.error !== null && sent.rows === undefined ? (
        <ErrorState error={sent.error} onRetry={sent.retry} />
      ) : sent.rows === undefined ? (
        <SkeletonBlock height={120} />
      ) : sent.rows.length === 0 ? (
        <EmptyState icon={IconSend} title="Nothing was sent yet">
          Open a conversation of this source to answer in it.
        </EmptyState>
      ) : (
        <div className={classes.form}>
          {sent.rows.map((delivery) => (
            <DeliveryLine key={delivery.id} delivery={delivery} />
          ))}
          {sent.more.has && (
            <Button variant="subtle" color="gray" size="compact-sm" loading={sent.more.loading} onClick={sent.more.load}>
              Load more
            </Button>
          )}
        </div>
      )}
    </Section>
  );
}
