import { Badge } from '@mantine/core';
import { paths } from '../../paths.ts';
import { Link } from '../../ui/Link.tsx';
import classes from './members.module.css';

/** Tags in one line; each leads to everybody who carries it. */
export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span className={classes.tags} title={tags.length > 2 ? tags.join(', ') : undefined}>
      {tags.map((tag) => (
        <Badge
          key={tag}
          component={Link}
          {...{ to: paths.members({ tags: tag }), look: 'plain' as const }}
          color="gray"
          size="sm"
          className={classes.tag}
        >
          {tag}
        </Badge>
      ))}
    </span>
  );
}
