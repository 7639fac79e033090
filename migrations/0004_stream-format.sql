ALTER TABLE `sources` ADD `format` integer DEFAULT 1 NOT NULL;

CREATE INDEX `sources_format` ON `sources` (`format`) WHERE "sources"."timeline" is not null;
