/** What only those need whose files are in a bucket: see `APART`. */
export * as clientS3 from '@aws-sdk/client-s3';
export * as libStorage from '@aws-sdk/lib-storage';
