import { Kbd, Modal } from '@mantine/core';
import { keyCaps, useShortcuts } from '../ui/keys.ts';
import classes from './Help.module.css';

/** Everything that can be pressed on this page, now. */
export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const groups = Object.entries(Object.groupBy(useShortcuts(), (shortcut) => shortcut.group));
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size={640}>
      <div className={classes.groups}>
        {groups.map(([group, shortcuts]) => (
          <section key={group} className={classes.group}>
            <h2>{group}</h2>
            <dl>
              {(shortcuts ?? []).map((shortcut) => (
                <div key={shortcut.keys}>
                  <dt>{shortcut.label}</dt>
                  <dd>
                    {keyCaps(shortcut.keys).map((cap, index) => (
                      <Kbd key={index} size="xs">
                        {cap}
                      </Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
