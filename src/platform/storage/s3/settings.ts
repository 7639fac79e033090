/** What it takes to reach a bucket: `storage.s3` of the configuration. */
export interface S3Settings {
  /** Empty: Amazon's own, by the region. */
  endpoint: string;
  region: string;
  bucket: string;
  /** What all keys begin with, without slashes at either end; empty for none. */
  prefix: string;
  /** Empty: whatever the AWS SDK finds (environment, profile, the machine's role). */
  accessKeyId: string;
  secretAccessKey?: string | undefined;
  pathStyle: boolean;
}
