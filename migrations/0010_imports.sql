CREATE TABLE `imports` (
	`video_id` text PRIMARY KEY NOT NULL,
	`host` text NOT NULL,
	`sealed_link` text NOT NULL,
	`etag` text,
	`last_modified` text,
	`total_bytes` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	FOREIGN KEY (`video_id`) REFERENCES `videos`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
