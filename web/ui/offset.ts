import { useEffect, useState } from 'react';
import type { RefObject } from 'react';

/**
 * How far below the top of the page an element begins, in pixels: what a list that is drawn only where it is seen has to know.
 * Measured again whenever the page grows or shrinks, since what stands above it may come later.
 */
export function useOffset(element: RefObject<HTMLElement | null>, isThere: boolean): number {
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    if (!isThere) return undefined;
    const measure = (): void => {
      if (element.current !== null) setOffset(Math.round(element.current.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element, isThere]);
  return offset;
}
