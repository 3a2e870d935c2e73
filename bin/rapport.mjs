#!/usr/bin/env node
import process from 'node:process';
import { run } from '../scripts/bootstrap.mjs';

await run(process.argv.slice(2));
