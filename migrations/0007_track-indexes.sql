CREATE TABLE `track_indexes` (
	`source_id` text NOT NULL,
	`track_index` integer NOT NULL,
	`bytes` blob NOT NULL,
	PRIMARY KEY(`source_id`, `track_index`),
	FOREIGN KEY (`source_id`) REFERENCES `sources`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT;
