/** What only those need who have workers: see `APART`. */
export * as bullmq from 'bullmq';
export * as ioredis from 'ioredis';
