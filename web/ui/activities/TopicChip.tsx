import { paths } from '../../paths.ts';
import { other, series } from '../colours.ts';
import { Link } from '../Link.tsx';
import classes from './reading.module.css';

/** A topic's colour, beside its name. */
export function TopicDot({ colour }: { colour: number }) {
  return <span className={classes.dot} style={{ background: series[colour] ?? other }} aria-hidden />;
}

/** A topic by name and colour. */
export function TopicChip({ topic, linked = false }: { topic: { id: string; name: string; colour: number }; linked?: boolean }) {
  const content = (
    <>
      <TopicDot colour={topic.colour} />
      <bdi className={classes.topicName}>{topic.name}</bdi>
    </>
  );
  if (!linked) return <span className={classes.topic}>{content}</span>;
  return (
    <Link to={paths.topics({ topic: topic.id })} look="plain" className={classes.topic}>
      {content}
    </Link>
  );
}
