import type { Connector } from './contract.ts';
import { git } from './git/index.ts';

/** Every connector of the program. */
export const connectors: readonly Connector<never>[] = [git];
