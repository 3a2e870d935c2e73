import type { Output } from '../../api.ts';
import { DeliverMenu } from '../../ui/deliveries/Deliver.tsx';
import { DeliveryList } from '../../ui/deliveries/DeliveryList.tsx';
import classes from './activities.module.css';

/** What can be done at the end of a conversation: the place of the composer. Empty where the source takes nothing back. */
export function ThreadFoot({ thread }: { thread: Output<'activities.thread'> }) {
  return (
    <div className={classes.foot}>
      <DeliveryList subject={thread.id} />
      <DeliverMenu source={thread.source} subject={{ thread: thread.id }} on={['thread']} label="Answer or act" />
    </div>
  );
}
